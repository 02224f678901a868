//! Names of parts: what two spellings have in common, and where a relative one leads.

use std::collections::BTreeMap;

use super::super::Member;
use crate::container::held::Held;
use crate::limits::Exhausted;
use crate::link::TechniqueId;
use crate::text::percent_decoded;

/// Rounds of percent decoding: `%2545` is `%45` is `E` (`spec/word.md` §1.7).
const ROUNDS: usize = 3;

/// Bytes of a folder name that relative targets are resolved against, for each of them anew. A
/// path of Windows has 260 characters.
const FOLDER: usize = 1 << 10;

/// The members of a package by name.
pub(super) struct Names {
    /// Key and member, sorted.
    sorted: Vec<(String, usize)>,
    members: Vec<usize>,
}

impl Names {
    pub(super) fn of(members: &[Member], held: &mut Held<'_>) -> Result<Self, Exhausted> {
        let mut sorted = Vec::new();
        for (index, member) in members.iter().enumerate() {
            let key = key(plain_name(member));
            // The package itself is known by the empty key.
            if key.is_empty() {
                continue;
            }
            held.pay_bytes(key.len())?;
            held.pay::<(String, usize, usize)>(1)?;
            sorted.push((key, index));
        }
        sorted.sort_unstable();
        let members = sorted.iter().map(|(_, member)| *member).collect();
        Ok(Names { sorted, members })
    }

    /// The members with this key, in directory order.
    pub(super) fn find(&self, key: &str) -> &[usize] {
        let start = self.sorted.partition_point(|(name, _)| name.as_str() < key);
        let end = self
            .sorted
            .partition_point(|(name, _)| name.as_str() <= key);
        self.members.get(start..end).unwrap_or_default()
    }

    /// Keys and members, sorted by key.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, usize)> {
        self.sorted
            .iter()
            .map(|(key, member)| (key.as_str(), *member))
    }

    /// Of members with equal keys, the first for each of the others.
    pub(super) fn twins(&self) -> BTreeMap<usize, usize> {
        let groups = self.sorted.chunk_by(|(a, _), (b, _)| a == b);
        let pairs = groups.filter_map(|group| group.split_first());
        pairs
            .flat_map(|((_, first), others)| others.iter().map(|(_, twin)| (*twin, *first)))
            .collect()
    }
}

/// The name without the index that tells equal names apart.
fn plain_name(member: &Member) -> &str {
    let indexed = [
        TechniqueId::DuplicatePart,
        TechniqueId::ZipDuplicateName,
        TechniqueId::ZipDisagreement,
    ];
    let name = member.name.as_str();
    match name.rsplit_once('#') {
        Some((plain, index))
            if !index.is_empty()
                && index.bytes().all(|byte| byte.is_ascii_digit())
                && member
                    .techniques
                    .iter()
                    .any(|technique| indexed.contains(technique)) =>
        {
            plain
        }
        Some(_) | None => name,
    }
}

/// What all spellings of a name have in common: no percent codes, forward slashes, no leading
/// slash, no empty and no dot segments, lower case.
pub(super) fn key(name: &str) -> String {
    join("", &decode(name))
}

/// The key of the part that a `.rels` part belongs to: `word/_rels/document.xml.rels` belongs to
/// `word/document.xml`, and `_rels/.rels` to the package, whose key is empty.
pub(super) fn source_of(key: &str) -> Option<String> {
    let (folder, file) = key.rsplit_once('/')?;
    let part = file.strip_suffix(".rels")?;
    let parent = folder.strip_suffix("_rels")?;
    if !parent.is_empty() && !parent.ends_with('/') {
        return None;
    }
    Some(format!("{parent}{part}"))
}

/// The keys that a target may mean, most likely first: relative to the folder of its source, or
/// absolute; and, because writers get that wrong, relative to the root.
pub(super) fn candidates(source_key: &str, target: &str) -> Vec<String> {
    let target = target.trim();
    // A fragment names a place in the part.
    let (target, _) = target.split_once('#').unwrap_or((target, ""));
    if target.is_empty() {
        return Vec::new();
    }
    let target = decode(target);
    let (folder, _) = source_key
        .rsplit_once('/')
        .filter(|(folder, _)| folder.len() <= FOLDER)
        .unwrap_or(("", ""));
    let from_root = join("", &target);
    if target.starts_with(['/', '\\']) || folder.is_empty() {
        return vec![from_root];
    }
    vec![join(folder, &target), from_root]
}

/// Follows `path` from `folder`, which is a key.
fn join(folder: &str, path: &str) -> String {
    let mut segments: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
    for segment in path.split(['/', '\\']) {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    segments.join("/").to_lowercase()
}

fn decode(text: &str) -> String {
    let mut decoded = text.to_owned();
    for _ in 0..ROUNDS {
        if !decoded.contains('%') {
            break;
        }
        let next = decode_once(&decoded);
        if next == decoded {
            break;
        }
        decoded = next;
    }
    decoded
}

fn decode_once(text: &str) -> String {
    String::from_utf8_lossy(&percent_decoded(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_have_one_key() {
        for spelling in [
            "word/document.xml",
            "/Word/Document.XML",
            "word\\document.xml",
            "./word/./document.xml",
            "word/x/../document.xml",
            "word/document%2Exml",
            "word%252Fdocument.xml",
            "../../word//document.xml",
        ] {
            assert_eq!(key(spelling), "word/document.xml", "{spelling}");
        }
        assert_eq!(key("100%.xml"), "100%.xml");
        assert_eq!(key("a%+1.xml"), "a%+1.xml");
    }

    #[test]
    fn a_rels_part_names_its_source() {
        assert_eq!(source_of("_rels/.rels").as_deref(), Some(""));
        assert_eq!(
            source_of("word/_rels/document.xml.rels").as_deref(),
            Some("word/document.xml")
        );
        assert_eq!(source_of("word/x_rels/document.xml.rels"), None);
        assert_eq!(source_of("word/document.xml"), None);
    }

    #[test]
    fn targets_are_relative_to_the_folder_of_their_source() {
        let first = |source, target| candidates(source, target).into_iter().next();
        assert_eq!(
            first("word/document.xml", "header1.xml").as_deref(),
            Some("word/header1.xml")
        );
        assert_eq!(
            first("word/document.xml", "../a.xml").as_deref(),
            Some("a.xml")
        );
        assert_eq!(
            first("word/document.xml", "/Xl/A.xml").as_deref(),
            Some("xl/a.xml")
        );
        assert_eq!(
            first("word/document.xml", "..\\a.xml#x").as_deref(),
            Some("a.xml")
        );
        assert_eq!(
            first("", "word/document.xml").as_deref(),
            Some("word/document.xml")
        );
        assert_eq!(first("word/document.xml", "#bookmark"), None);
    }
}
