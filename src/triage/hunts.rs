//! What to look for in logs, with the fields of each.
//!
//! Field names: Sysmon (Microsoft Sysinternals documentation of event ids 1, 3, 11, 13, 15, 22);
//! Windows security auditing (4688, 4657).

use std::collections::BTreeSet;

use super::card::{Field, Hunt, Match, Needed, Predicted, Process};
use super::settings::{Setting, settings};
use crate::recorded::Document;

const SYSMON: &str = "sysmon";
const SECURITY: &str = "security";

fn field(name: &'static str, compare: Match, values: Vec<String>) -> Field {
    Field {
        name,
        compare,
        values,
    }
}

/// The last part of a path, with its separator: how the path of an image ends.
fn ending(image: &str) -> String {
    format!("\\{image}")
}

fn endings<'a>(images: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    images.into_iter().map(ending).collect()
}

/// Everything to look for, chain after chain, then for the document as a whole.
pub(super) fn hunts(document: &Document, chains: &[Predicted], needed: &[Needed]) -> Vec<Hunt> {
    let mut all = Vec::new();
    for chain in chains {
        if let Some(process) = &chain.process {
            started(&mut all, chain, &chain.parents, process);
        }
        reached(&mut all, chain);
    }
    for setting in settings(needed) {
        enabled(&mut all, setting);
    }
    if let (false, Some(name)) = (chains.is_empty(), &document.name) {
        let stream = format!("{}:Zone.Identifier", ending(base(name)));
        all.push(Hunt {
            log: SYSMON,
            event: 15,
            purpose: "the document came from the Internet: it carries the mark of the web",
            chain: None,
            fields: vec![field("TargetFilename", Match::EndsWith, vec![stream])],
        });
    }
    all
}

fn base(path: &str) -> &str {
    path.rsplit(['\\', '/']).next().unwrap_or(path)
}

/// The start of a program, and of those that it starts itself.
fn started(all: &mut Vec<Hunt>, chain: &Predicted, parents: &[&str], process: &Process) {
    let names = [
        (SYSMON, 1, "ParentImage", "Image"),
        (SECURITY, 4688, "ParentProcessName", "NewProcessName"),
    ];
    for (log, event, parent, image) in names {
        let mut fields = vec![
            field(parent, Match::EndsWith, endings(parents.iter().copied())),
            field(image, Match::EndsWith, vec![ending(&process.image)]),
        ];
        if !process.terms.is_empty() {
            let terms = process.terms.clone();
            fields.push(field("CommandLine", Match::ContainsAll, terms));
        }
        all.push(Hunt {
            log,
            event,
            purpose: "the predicted program was started",
            chain: Some(chain.id.clone()),
            fields,
        });
    }
    for child in &process.children {
        started(all, chain, &[process.image.as_str()], child);
    }
}

/// Every program of a chain that could reach out or write, the parents included.
fn images(chain: &Predicted) -> Vec<String> {
    let mut images: BTreeSet<&str> = chain.parents.iter().copied().collect();
    let mut open: Vec<&Process> = chain.process.iter().collect();
    while let Some(process) = open.pop() {
        images.insert(&process.image);
        open.extend(&process.children);
    }
    endings(images)
}

/// Connections, names that are looked up, files and entries of the registry.
fn reached(all: &mut Vec<Hunt>, chain: &Predicted) {
    let image = || field("Image", Match::EndsWith, images(chain));
    let mut push = |log, event, purpose, fields| {
        all.push(Hunt {
            log,
            event,
            purpose,
            chain: Some(chain.id.clone()),
            fields,
        });
    };
    let hosts: BTreeSet<String> = chain.network.iter().filter_map(|text| host(text)).collect();
    let (numbers, names): (Vec<_>, Vec<_>) = hosts
        .into_iter()
        .partition(|host| host.parse::<std::net::IpAddr>().is_ok());
    let connected = "a program of the chain connected to an address that the document names";
    for (name, values) in [("DestinationIp", &numbers), ("DestinationHostname", &names)] {
        if !values.is_empty() {
            let fields = vec![image(), field(name, Match::Equals, values.clone())];
            push(SYSMON, 3, connected, fields);
        }
    }
    if !names.is_empty() {
        let fields = vec![image(), field("QueryName", Match::Equals, names)];
        let purpose = "a program of the chain looked up a name that the document names";
        push(SYSMON, 22, purpose, fields);
    }
    // Variables are replaced before a file is made, and what stands before the last separator is
    // another folder on every computer.
    let files = chain.files.iter().map(|file| base(file));
    let files: BTreeSet<&str> = files
        .filter(|file| !file.is_empty() && !file.contains(['%', '$', '*', '?']))
        .collect();
    if !files.is_empty() {
        let fields = vec![
            image(),
            field("TargetFilename", Match::EndsWith, endings(files)),
        ];
        let purpose = "a program of the chain wrote a file that the document names";
        push(SYSMON, 11, purpose, fields);
    }
    let purpose = "an entry of the registry that the document names was set";
    for entry in &chain.registry {
        let (object, data) = entry.split_once('=').unwrap_or((entry, ""));
        // The log writes hives in another way (`HKU\S-1-5-…`).
        let Some((_, inside)) = object.split_once('\\') else {
            continue;
        };
        let mut fields = vec![field("TargetObject", Match::EndsWith, vec![ending(inside)])];
        if !data.is_empty() {
            let data = vec![details(data)];
            fields.push(field("Details", Match::ContainsAll, data));
        }
        push(SYSMON, 13, purpose, fields);
        if let Some((key, name)) = inside.rsplit_once('\\') {
            let fields = vec![
                field("ObjectName", Match::EndsWith, vec![ending(key)]),
                field("ObjectValueName", Match::Equals, vec![name.to_owned()]),
            ];
            push(SECURITY, 4657, purpose, fields);
        }
    }
}

/// How Sysmon writes data: numbers as `DWORD (0x00000002)`.
fn details(data: &str) -> String {
    let number = match data.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => data.parse().ok(),
    };
    number.map_or_else(|| data.to_owned(), dword)
}

fn dword(number: u32) -> String {
    format!("DWORD (0x{number:08x})")
}

/// The registry was changed so that links act.
fn enabled(all: &mut Vec<Hunt>, setting: &Setting) {
    let purpose = "a change of the registry lets the link act";
    let objects = setting
        .endings
        .iter()
        .map(|key| format!("{key}\\{}", setting.name))
        .collect();
    let details = setting.values.iter().copied().map(dword).collect();
    all.push(Hunt {
        log: SYSMON,
        event: 13,
        purpose,
        chain: None,
        fields: vec![
            field("TargetObject", Match::EndsWith, objects),
            field("Details", Match::Equals, details),
        ],
    });
    let keys = setting.endings.iter().copied().map(str::to_owned).collect();
    let values = setting.values.iter().map(u32::to_string).collect();
    let name = vec![setting.name.to_owned()];
    all.push(Hunt {
        log: SECURITY,
        event: 4657,
        purpose,
        chain: None,
        fields: vec![
            field("ObjectName", Match::EndsWith, keys),
            field("ObjectValueName", Match::Equals, name),
            field("NewValue", Match::Equals, values),
        ],
    });
}

/// The computer in an address, a UNC path, an address of mail, or the text itself.
fn host(text: &str) -> Option<String> {
    if text.parse::<std::net::IpAddr>().is_ok() {
        return Some(text.to_ascii_lowercase());
    }
    let rest = match text.split_once("://") {
        Some((_, rest)) => rest,
        None => text.trim_start_matches(['\\', '/']),
    };
    let authority = rest.split(['/', '\\', '?', '#']).next()?;
    let authority = authority.rsplit('@').next()?;
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?,
        None => authority.split(':').next()?,
    };
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_computer_is_found_in_every_kind_of_address() {
        for (text, expected) in [
            ("http://u@A.invalid:8080/x?y", Some("a.invalid")),
            (r"\\srv\share\x", Some("srv")),
            ("http://[2001:db8::1]/x", Some("2001:db8::1")),
            ("192.0.2.1", Some("192.0.2.1")),
            ("2001:DB8::1", Some("2001:db8::1")),
            ("a@b.invalid", Some("b.invalid")),
            ("http:///x", None),
            ("", None),
        ] {
            assert_eq!(host(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_written_as_sysmon_writes_them() {
        assert_eq!(details("2"), "DWORD (0x00000002)");
        assert_eq!(details("0x2"), "DWORD (0x00000002)");
        assert_eq!(details("calc.exe"), "calc.exe");
    }
}
