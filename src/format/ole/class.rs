//! Classes of OLE objects: what they are called, and which of them run what they are given
//! (`spec/word.md` §6.3).
//!
//! # Malformed input
//!
//! A `\x01CompObj` stream that is cut or lies about its lengths gives what it has.
//!
//! # Worst cases
//!
//! The table has some twenty lines; strings of a `\x01CompObj` stream are cut at 256 bytes.

use crate::bytes::Bytes;

/// Bytes of a name in `\x01CompObj` that are kept: a ProgID has at most 39 ([MS-OLEDS] 2.3.8).
const NAME: usize = 256;

/// A class as the 16 bytes of the file: three little-endian numbers, then eight bytes.
const fn clsid(first: u32, second: u16, third: u16, rest: [u8; 8]) -> [u8; 16] {
    let [a, b, c, d] = first.to_le_bytes();
    let [e, f] = second.to_le_bytes();
    let [g, h] = third.to_le_bytes();
    let [i, j, k, l, m, n, o, p] = rest;
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

/// A class of OLE itself: `{XXXXXXXX-0000-0000-C000-000000000046}`.
const fn ole(first: u32) -> [u8; 16] {
    clsid(first, 0, 0, [0xc0, 0, 0, 0, 0, 0, 0, 0x46])
}

/// `{06290BDX-48AA-11D2-8432-006008C3FBFC}`.
const fn scriptlet(first: u32) -> [u8; 16] {
    clsid(
        first,
        0x48aa,
        0x11d2,
        [0x84, 0x32, 0, 0x60, 0x08, 0xc3, 0xfb, 0xfc],
    )
}

/// `{ECABXXXX-7F19-11D2-978E-0000F8757E2A}`.
const fn com_plus(first: u32) -> [u8; 16] {
    clsid(
        first,
        0x7f19,
        0x11d2,
        [0x97, 0x8e, 0, 0, 0xf8, 0x75, 0x7e, 0x2a],
    )
}

/// `{25336920-03F9-11CF-8FFD-00AA00686F13}` and its neighbours.
const fn html(first: u32) -> [u8; 16] {
    clsid(
        first,
        0x03f9,
        0x11cf,
        [0x8f, 0xfd, 0, 0xaa, 0, 0x68, 0x6f, 0x13],
    )
}

/// `{3050FXXX-98B5-11CF-BB82-00AA00BDCE0B}`.
const fn mshtml(first: u32) -> [u8; 16] {
    clsid(
        first,
        0x98b5,
        0x11cf,
        [0xbb, 0x82, 0, 0xaa, 0, 0xbd, 0xce, 0x0b],
    )
}

pub(super) const FILE_MONIKER: [u8; 16] = ole(0x0303);
pub(super) const ITEM_MONIKER: [u8; 16] = ole(0x0304);
pub(super) const COMPOSITE_MONIKER: [u8; 16] = ole(0x0309);
pub(super) const URL_MONIKER: [u8; 16] = clsid(
    0x79ea_c9e0,
    0xbaf9,
    0x11ce,
    [0x8c, 0x82, 0, 0xaa, 0, 0x4b, 0xa9, 0x0b],
);
pub(super) const SCRIPT_MONIKER: [u8; 16] = scriptlet(0x0629_0bd3);
pub(super) const SOAP_MONIKER: [u8; 16] = com_plus(0xecab_b0c7);
pub(super) const NEW_MONIKER: [u8; 16] = com_plus(0xecab_afc6);

/// Classes with names. Those of scripts and pages run what they are given.
const CLASSES: &[([u8; 16], &str, bool)] = &[
    (html(0x2533_6920), "htmlfile", true),
    (html(0x2533_6921), "htmlfile_FullWindowEmbed", true),
    (mshtml(0x3050_f3d9), "mhtmlfile", true),
    (mshtml(0x3050_f4d8), "htafile", true),
    (scriptlet(0x0629_0bd1), "scriptlet", true),
    (scriptlet(0x0629_0bd2), "scriptletfile", true),
    (SCRIPT_MONIKER, "scriptlet", true),
    (SOAP_MONIKER, "soap", true),
    (NEW_MONIKER, "new", true),
    (ole(0x0003_000c), "Package", false),
    (
        clsid(
            0xf20d_a720,
            0xc02f,
            0x11ce,
            [0x92, 0x7b, 0x08, 0, 0x09, 0x5a, 0xe3, 0x40],
        ),
        "Package",
        false,
    ),
    (ole(0x0002_ce02), "Equation.3", false),
    (ole(0x0002_0900), "Word.Document.6", false),
    (ole(0x0002_0906), "Word.Document.8", false),
    (
        clsid(
            0xf475_4c9b,
            0x64f5,
            0x4b40,
            [0x8a, 0xf4, 0x67, 0x97, 0x32, 0xac, 0x06, 0x07],
        ),
        "Word.Document.12",
        false,
    ),
    (ole(0x0002_0803), "MSGraph.Chart.8", false),
    (ole(0x0002_0810), "Excel.Sheet.5", false),
    (ole(0x0002_0820), "Excel.Sheet.8", false),
    (ole(0x0002_0821), "Excel.Chart.8", false),
    (ole(0x0002_0830), "Excel.Sheet.12", false),
    (
        clsid(
            0x6481_8d10,
            0x4f9b,
            0x11cf,
            [0x86, 0xea, 0, 0xaa, 0, 0xb9, 0x29, 0xe8],
        ),
        "PowerPoint.Show.8",
        false,
    ),
    (
        clsid(
            0xcf4f_55f4,
            0x8f87,
            0x4d47,
            [0x80, 0xbb, 0x58, 0x08, 0x16, 0x4b, 0xb3, 0xf8],
        ),
        "PowerPoint.Show.12",
        false,
    ),
];

/// The name of a class, and whether it runs what it is given; `None` for other classes.
fn known(class: &[u8; 16]) -> Option<(&'static str, bool)> {
    let known = CLASSES.iter().find(|(known, ..)| known == class);
    known.map(|(_, name, runs)| (*name, *runs))
}

/// The name of a class that runs what it is given.
pub(super) fn script(class: &[u8; 16]) -> Option<&'static str> {
    known(class).filter(|(_, runs)| *runs).map(|(name, _)| name)
}

/// What an object's class is called: by the class of its storage, or by its `\x01CompObj` stream.
/// Which of them a program goes by differs, so one that runs what it is given comes first.
pub(super) fn prog_id(class: &[u8; 16], comp_obj: Option<&CompObj>) -> Option<String> {
    let stored = known(class);
    let named = comp_obj.and_then(|comp_obj| known(&comp_obj.class));
    let runs = [stored, named].into_iter().flatten().find(|known| known.1);
    let text = comp_obj.and_then(|comp_obj| comp_obj.prog_id.clone());
    let name = |known: (&str, bool)| known.0.to_owned();
    runs.map(name)
        .or(text)
        .or_else(|| stored.or(named).map(name))
        .or_else(|| comp_obj.and_then(|comp_obj| comp_obj.user_type.clone()))
}

/// What a `\x01CompObj` stream says ([MS-OLEDS] 2.3.8).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CompObj {
    pub(super) class: [u8; 16],
    pub(super) user_type: Option<String>,
    pub(super) prog_id: Option<String>,
}

impl CompObj {
    pub(super) fn read(data: &[u8]) -> Self {
        let mut comp_obj = CompObj::default();
        comp_obj.fill(data);
        comp_obj
    }

    /// Reads as far as the stream makes sense.
    fn fill(&mut self, data: &[u8]) -> Option<()> {
        let mut bytes = Bytes::new(data);
        bytes.skip(12)?;
        self.class = *bytes.take(16)?.first_chunk()?;
        self.user_type = name(&mut bytes)?;
        // The clipboard format: none, a number, or a name.
        match bytes.u32()? {
            0 => {}
            0xffff_fffe | 0xffff_ffff => bytes.skip(4)?,
            length => bytes.skip(usize::try_from(length).ok()?)?,
        }
        self.prog_id = name(&mut bytes)?;
        Some(())
    }
}

/// A name behind its length, which counts the NUL at its end.
fn name(bytes: &mut Bytes<'_>) -> Option<Option<String>> {
    let length = usize::try_from(bytes.u32()?).ok()?;
    let text = bytes.take(length)?;
    let text = super::text::ansi(text.get(..length.min(NAME))?);
    Some(Some(text).filter(|text| !text.is_empty()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The class of a link: what it links to has another.
    pub(in super::super) const LINK: [u8; 16] = ole(0x0300);

    /// A `\x01CompObj` stream.
    pub(in super::super) fn comp_obj(class: &[u8; 16], prog_id: &str) -> Vec<u8> {
        let mut data = vec![1, 0, 0xfe, 0xff, 3, 10, 0, 0, 0xff, 0xff, 0xff, 0xff];
        data.extend(class);
        for (index, text) in ["User type", prog_id].into_iter().enumerate() {
            data.extend((text.len() as u32 + 1).to_le_bytes());
            data.extend(text.as_bytes());
            data.push(0);
            if index == 0 {
                data.extend(0u32.to_le_bytes());
            }
        }
        data
    }

    #[test]
    fn classes_are_written_as_in_the_file() {
        // `spec/word.md` §6.3.
        assert_eq!(
            URL_MONIKER,
            [
                0xe0, 0xc9, 0xea, 0x79, 0xf9, 0xba, 0xce, 0x11, 0x8c, 0x82, 0, 0xaa, 0, 0x4b, 0xa9,
                0x0b
            ]
        );
        assert_eq!(known(&ole(0x0002_0906)), Some(("Word.Document.8", false)));
        assert_eq!(known(&[0; 16]), None);
    }

    #[test]
    fn a_class_is_called_by_its_name() {
        let word = CompObj::read(&comp_obj(&ole(0x0002_0906), "Word.Document.8"));
        assert_eq!(word.prog_id.as_deref(), Some("Word.Document.8"));
        assert_eq!(word.user_type.as_deref(), Some("User type"));
        assert_eq!(prog_id(&LINK, Some(&word)).unwrap(), "Word.Document.8");
        assert_eq!(prog_id(&ole(0x0003_000c), None).unwrap(), "Package");
        // The worst of two names.
        assert_eq!(
            prog_id(&html(0x2533_6920), Some(&word)).unwrap(),
            "htmlfile"
        );
        let page = CompObj::read(&comp_obj(&html(0x2533_6920), "Word.Document.8"));
        assert_eq!(prog_id(&ole(0x0002_0906), Some(&page)).unwrap(), "htmlfile");
        assert_eq!(prog_id(&[0; 16], None), None);
    }

    #[test]
    fn a_broken_comp_obj_gives_what_it_has() {
        let whole = comp_obj(&URL_MONIKER, "x.y");
        for cut in 0..whole.len() {
            let read = CompObj::read(&whole[..cut]);
            assert_eq!(read.class == URL_MONIKER, cut >= 28);
        }
        let mut lies = whole.clone();
        lies[28..32].copy_from_slice(&[0xff; 4]);
        assert_eq!(CompObj::read(&lies).user_type, None);
    }
}
