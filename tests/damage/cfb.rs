//! Compound files with one field changed ([MS-CFB] 2.2 to 2.6): `deps.md` §3.2 and more.
//!
//! Each change is made to eight good files: a document of Word and a workbook of Excel, once with
//! the payload in a stream of ordinary sectors and once in the mini stream, and the same without
//! a payload. The last say whether a gap is right: without one they must be clean.

use std::fmt::Write as _;

use ddetect::{Confidence, GapKind, Report, Verdict};

use super::support::cfbsmith::{Compound, Smith};
use super::support::excel::biff8;
use super::support::word::doc::{BEGIN, DocFile, END};
use super::support::{analyze, dde, docx, payloads, triples};

const FREE: u32 = 0xffff_ffff;
const END_OF_CHAIN: u32 = 0xffff_fffe;

/// What a file gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gives {
    /// The payload, and nothing is missing.
    Whole,
    /// The payload, and what is missing is said.
    Damaged,
    /// The payload with low confidence, and what is missing is said.
    Guessed,
    /// The payload with low confidence; nothing is missing.
    Remnant,
    /// No payload, and what is missing is said.
    Lost,
    /// No payload: nothing holds it any more.
    Nothing,
}

use Gives::{Damaged, Guessed, Lost, Nothing, Remnant, Whole};

/// One file to be changed.
struct Subject {
    name: &'static str,
    /// The stream with the payload.
    main: &'static str,
    /// The payload stands in the mini stream.
    mini: bool,
    live: Vec<(String, Vec<u8>)>,
    benign: Vec<(String, Vec<u8>)>,
    triple: [&'static str; 3],
}

/// A change, and what it must give in a stream of ordinary sectors and in the mini stream.
struct Case {
    name: &'static str,
    change: fn(&mut Compound, &Subject),
    gives: [Gives; 2],
    /// What it gives in a workbook, where that differs.
    workbook: Option<Gives>,
    /// Why, where it is not what everyone would expect.
    why: &'static str,
}

fn case(name: &'static str, gives: Gives, change: fn(&mut Compound, &Subject)) -> Case {
    Case {
        name,
        change,
        gives: [gives; 2],
        workbook: None,
        why: "",
    }
}

impl Case {
    /// What it gives when the payload stands in the mini stream.
    fn mini(mut self, gives: Gives) -> Self {
        self.gives[1] = gives;
        self
    }

    /// What it gives in a workbook.
    fn workbook(mut self, gives: Gives) -> Self {
        self.workbook = Some(gives);
        self
    }

    fn why(mut self, why: &'static str) -> Self {
        self.why = why;
        self
    }
}

const DDE: &str = r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe" "for you""#;

fn document(field: bool, large: bool) -> Vec<(String, Vec<u8>)> {
    let front = "lorem ipsum ".repeat(if large { 700 } else { 60 });
    let field = if field {
        format!("{BEGIN} {DDE} {END}")
    } else {
        "nothing of interest".to_owned()
    };
    let file = DocFile::new(&format!("{front}{field}"));
    let mut streams = file.all_streams();
    if large {
        // A table that is not small either.
        streams[1].1.resize(5_000, 0);
    }
    streams.push(("\u{1}CompObj".to_owned(), vec![1; 100]));
    streams
}

fn workbook(link: bool, large: bool) -> Vec<(String, Vec<u8>)> {
    let filler = biff8::record(0x00e0, &[0; 20]).repeat(if large { 300 } else { 30 });
    let table = if link { biff8::WORKED } else { &[] };
    let cell = if link { biff8::WORKED_CELL } else { &[] };
    let globals = [filler, table.to_vec()].concat();
    let stream = biff8::stream(&globals, cell);
    let mut streams = vec![("Workbook".to_owned(), stream)];
    streams.push(("\u{1}CompObj".to_owned(), vec![1; 100]));
    streams
}

fn subjects() -> Vec<Subject> {
    let mut all = Vec::new();
    for (mini, name) in [(false, "doc"), (true, "doc, mini")] {
        all.push(Subject {
            name,
            main: "WordDocument",
            mini,
            live: document(true, !mini),
            benign: document(false, !mini),
            triple: [r"c:\windows\system32\cmd.exe", "/k calc.exe", "for you"],
        });
    }
    for (mini, name) in [(false, "xls"), (true, "xls, mini")] {
        all.push(Subject {
            name,
            main: "Workbook",
            mini,
            live: workbook(true, !mini),
            benign: workbook(false, !mini),
            triple: ["cmd", "/c calc.exe", "A1"],
        });
    }
    all
}

/// Whether the payload is found exactly, and how sure.
fn confidence(report: &Report, subject: &Subject) -> Option<Confidence> {
    let found = dde(report).into_iter().filter(|finding| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let [service, topic, item] = subject.triple;
        // The bytes alone do not say which items of a link table are used.
        let low = finding.confidence == Confidence::Low;
        text(&finding.service) == service
            && text(&finding.topic) == topic
            && (text(&finding.item) == item || low && subject.main == "Workbook")
    });
    found.map(|finding| finding.confidence).max()
}

fn gives(report: &Report, subject: &Subject) -> Gives {
    match (confidence(report, subject), report.complete()) {
        (Some(Confidence::Low), true) => Remnant,
        (Some(Confidence::Low), false) => Guessed,
        (Some(_), true) => Whole,
        (Some(_), false) => Damaged,
        (None, true) => Nothing,
        (None, false) => Lost,
    }
}

/// The verdict that must stand over a file with the payload.
fn verdict(gives: Gives) -> &'static [Verdict] {
    match gives {
        Whole | Damaged => &[Verdict::Malicious],
        Guessed | Remnant => &[Verdict::Suspicious, Verdict::Malicious],
        Lost => &[Verdict::Incomplete],
        Nothing => &[Verdict::Clean],
    }
}

/// Makes the file and changes it.
fn changed(streams: &[(String, Vec<u8>)], large: bool, case: &Case, subject: &Subject) -> Vec<u8> {
    let smith = Smith::new(streams.iter().cloned());
    let smith = if large { smith.large_sectors() } else { smith };
    let mut file = smith.build();
    (case.change)(&mut file, subject);
    file.bytes
}

#[test]
fn every_change_of_one_field() {
    let subjects = subjects();
    let cases = cases();
    assert!(cases.len() >= 40, "{}", cases.len());
    let mut table = String::new();
    let mut wrong = Vec::new();
    for case in &cases {
        write!(table, "{:50}", case.name).unwrap();
        for subject in &subjects {
            for large in [false, true] {
                let report = analyze(&changed(&subject.live, large, case, subject));
                let benign = analyze(&changed(&subject.benign, large, case, subject));
                let got = gives(&report, subject);
                let wanted = case.gives[usize::from(subject.mini)];
                let wanted = match subject.main {
                    "Workbook" => case.workbook.unwrap_or(wanted),
                    _ => wanted,
                };
                let complete = matches!(wanted, Whole | Remnant | Nothing);
                let expected = match complete {
                    true => Verdict::Clean,
                    false => Verdict::Incomplete,
                };
                let right = got == wanted
                    && verdict(wanted).contains(&report.verdict())
                    && benign.verdict() == expected;
                if !large {
                    let mark = if right { ' ' } else { '!' };
                    write!(table, " {mark}{:10}", format!("{got:?}").to_lowercase()).unwrap();
                }
                if !right {
                    let damage: Vec<_> = report
                        .gaps()
                        .iter()
                        .map(|gap| format!("{:?} {}", gap.kind, gap.detail))
                        .collect();
                    let benign_gaps: Vec<_> = benign
                        .gaps()
                        .iter()
                        .map(|gap| format!("{:?} {}", gap.kind, gap.detail))
                        .collect();
                    let text = format!(
                        "{} ({}{}): {got:?} instead of {wanted:?}, {:?} and benign {:?} \
                         {damage:?} {benign_gaps:?}",
                        case.name,
                        subject.name,
                        if large { ", v4" } else { "" },
                        report.verdict(),
                        benign.verdict(),
                    );
                    wrong.push(text);
                }
                assert!(
                    report
                        .gaps()
                        .iter()
                        .all(|gap| gap.kind != GapKind::Internal)
                );
            }
        }
        writeln!(table, "  {}", case.why).unwrap();
    }
    let names: Vec<String> = subjects.iter().map(|s| format!("{:11}", s.name)).collect();
    println!("{:50} {}", "change", names.join(" "));
    println!(
        "{table}{} changes of {} files",
        cases.len(),
        subjects.len() * 4
    );
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Any other entry than the root and the payload's.
const OTHER: &str = "\u{1}CompObj";

fn cases() -> Vec<Case> {
    let mut cases = header();
    cases.extend(entries());
    cases.extend(chains());
    cases.extend(bytes());
    cases
}

/// Why a file with its payload elsewhere is damaged when its mini stream is.
const SMALL: &str = "a small stream stands beside the payload";

/// Fields of the header ([MS-CFB] 2.2).
fn header() -> Vec<Case> {
    vec![
        case("nothing", Whole, |_, _| {}),
        case("minor version", Whole, |f, _| f.put(24, &[0xff, 0xff])),
        case("major version 5", Whole, |f, _| f.put(26, &[5, 0])),
        case("major version 0", Whole, |f, _| f.put(26, &[0, 0])),
        case("the other major version", Whole, |f, _| {
            f.bytes[26] ^= 3 ^ 4
        }),
        case("byte order mark", Whole, |f, _| f.put(28, &[0, 0])),
        case("byte order mark of the other order", Whole, |f, _| {
            f.put(28, &[0xff, 0xfe]);
        }),
        case("sector shift of the other version", Whole, |f, _| {
            f.bytes[30] ^= 9 ^ 12;
        }),
        case("sector shift 0", Whole, |f, _| f.put(30, &[0, 0])),
        case("sector shift 255", Whole, |f, _| f.put(30, &[0xff, 0])),
        case("mini sector shift 7", Whole, |f, _| f.put(32, &[7, 0])),
        case("mini cutoff 4097", Whole, |f, _| f.put_u32(56, 4097)),
        case("mini cutoff 0", Whole, |f, _| f.put_u32(56, 0)),
        case("mini cutoff 4 GB", Whole, |f, _| f.put_u32(56, FREE)),
        case("class in the header", Whole, |f, _| f.put(8, &[0xaa; 16])),
        case("reserved bytes", Whole, |f, _| f.put(34, &[0xaa; 6])),
        case("number of directory sectors", Whole, |f, _| {
            f.put_u32(40, 9)
        }),
        case("number of FAT sectors 0", Whole, |f, _| f.put_u32(44, 0)),
        case("number of FAT sectors 4 G", Whole, |f, _| {
            f.put_u32(44, FREE)
        }),
        case("number of mini FAT sectors 0", Whole, |f, _| {
            f.put_u32(64, 0)
        }),
        case("number of mini FAT sectors 4 G", Whole, |f, _| {
            f.put_u32(64, FREE)
        }),
        case("number of DIFAT sectors 0xffff", Whole, |f, _| {
            f.put_u32(72, 0xffff)
        }),
        case("DIFAT start outside", Whole, |f, _| f.put_u32(68, 0x7fff)),
        case("DIFAT start free", Whole, |f, _| f.put_u32(68, FREE)),
        case("DIFAT start 0", Whole, |f, _| f.put_u32(68, 0)),
        case("DIFAT start is the directory", Whole, |f, _| {
            f.put_u32(68, f.directory[0]);
        }),
        case("directory start outside", Damaged, |f, _| {
            f.put_u32(48, 0x7fff)
        }),
        case("directory start free", Damaged, |f, _| f.put_u32(48, FREE)),
        case("directory start is the FAT", Damaged, |f, _| {
            f.put_u32(48, f.fat[0])
        }),
        case("mini FAT start outside", Damaged, |f, _| {
            f.put_u32(60, 0x7fff)
        })
        .why(SMALL),
        case("mini FAT start at its end", Damaged, |f, _| {
            f.put_u32(60, END_OF_CHAIN)
        })
        .why(SMALL),
        case("mini FAT start is the directory", Damaged, |f, _| {
            f.put_u32(60, f.directory[0]);
        })
        .why(SMALL),
        case("FAT in the wrong place: the directory", Damaged, |f, _| {
            f.put_u32(76, f.directory[0]);
        }),
        case("FAT in the wrong place: outside", Damaged, |f, _| {
            f.put_u32(76, 0x7fff)
        }),
        case("FAT nowhere", Damaged, |f, _| f.put_u32(76, FREE)),
        case("FAT sector named twice", Whole, |f, _| {
            f.put_u32(80, f.fat[0])
        }),
        case("FAT sector named a hundred times", Whole, |f, _| {
            for slot in 1..109 {
                f.put_u32(76 + 4 * slot, f.fat[0]);
            }
        }),
        case("DIFAT in a circle", Whole, |f, s| {
            // A sector of the payload's that leads to itself.
            let sector = f.u32(f.entry(s.main) + 116);
            f.put_u32(68, if s.mini { f.directory[0] } else { sector });
            f.put_u32(72, 1);
        }),
        case("FAT sector behind a free one", Whole, |f, _| {
            f.put_u32(80, f.fat[0]);
            f.put_u32(76, FREE);
        }),
    ]
}

/// Fields of directory entries ([MS-CFB] 2.6.1).
fn entries() -> Vec<Case> {
    vec![
        case("colour 7 of the root", Whole, |f, _| {
            f.put(f.entry("") + 67, &[7])
        }),
        case("colour 7 of the payload's entry", Whole, |f, s| {
            f.put(f.entry(s.main) + 67, &[7]);
        }),
        case("colour 7 of another entry", Whole, |f, _| {
            f.put(f.entry(OTHER) + 67, &[7])
        }),
        case("colour red of all entries", Whole, |f, _| {
            for id in 0..f.used() {
                f.put(f.nth(id) + 67, &[0]);
            }
        }),
        case("name length 70", Whole, |f, s| {
            f.put(f.entry(s.main) + 64, &[70, 0])
        }),
        case("name length 0", Whole, |f, s| {
            f.put(f.entry(s.main) + 64, &[0, 0])
        }),
        case("name length odd", Whole, |f, s| {
            f.less(f.entry(s.main) + 64, 1)
        }),
        case("name length of the root 0", Whole, |f, _| {
            f.put(f.entry("") + 64, &[0, 0])
        }),
        case("name length counts no end mark", Whole, |f, s| {
            f.less(f.entry(s.main) + 64, 2);
        })
        .why("one letter less, or one more"),
        case("name in capitals", Whole, |f, s| {
            f.rename(s.main, &s.main.to_uppercase())
        }),
        case("name in small letters", Whole, |f, s| {
            f.rename(s.main, &s.main.to_lowercase())
        }),
        case("name ends with NULs", Whole, |f, s| {
            f.rename(s.main, &format!("{}\0\0", s.main))
        }),
        case("name ends with a blank", Remnant, |f, s| {
            f.rename(s.main, &format!("{} ", s.main))
        })
        .workbook(Whole)
        .why("no program looks for the name; the bytes are a workbook without one"),
        case("name begins with a control character", Remnant, |f, s| {
            f.rename(s.main, &format!("\u{5}{}", s.main));
        })
        .why("no program looks for that name"),
        case("name of the root", Whole, |f, _| f.rename("", "Racine")),
        case("type of the payload's entry 9", Whole, |f, s| {
            f.put(f.entry(s.main) + 66, &[9])
        }),
        case("type of the payload's entry 0", Whole, |f, s| {
            f.put(f.entry(s.main) + 66, &[0])
        }),
        case("type of the payload's entry storage", Whole, |f, s| {
            f.put(f.entry(s.main) + 66, &[1]);
        }),
        case("type of the payload's entry root", Whole, |f, s| {
            f.put(f.entry(s.main) + 66, &[5]);
        }),
        case("type of the root stream", Whole, |f, _| {
            f.put(f.entry("") + 66, &[2])
        }),
        case("type of the root 0", Whole, |f, _| {
            f.put(f.entry("") + 66, &[0])
        }),
        case("left sibling outside", Whole, |f, s| {
            f.put_u32(f.entry(s.main) + 68, 0xeeee)
        }),
        case("left sibling is itself", Whole, |f, s| {
            let at = f.entry(s.main);
            f.put_u32(at + 68, (0..).find(|id| f.nth(*id as usize) == at).unwrap());
        }),
        case("right sibling is the root", Whole, |f, s| {
            f.put_u32(f.entry(s.main) + 72, 0)
        }),
        case("siblings in a circle", Whole, |f, _| {
            let child = f.u32(f.entry("") + 76);
            for id in 1..f.used() {
                f.put_u32(f.nth(id) + 68, child);
                f.put_u32(f.nth(id) + 72, child);
            }
        }),
        case("stream with a child", Whole, |f, s| {
            f.put_u32(f.entry(s.main) + 76, 2)
        }),
        case("stream with itself as child", Whole, |f, s| {
            let at = f.entry(s.main);
            f.put_u32(at + 76, (0..).find(|id| f.nth(*id as usize) == at).unwrap());
        }),
        case("no child of the root", Whole, |f, _| {
            f.put_u32(f.entry("") + 76, FREE)
        }),
        case("child of the root outside", Whole, |f, _| {
            f.put_u32(f.entry("") + 76, 0xeeee)
        }),
        case("child of the root is the root", Whole, |f, _| {
            f.put_u32(f.entry("") + 76, 0)
        }),
        case("length of the root odd", Whole, |f, _| {
            let at = f.entry("") + 120;
            f.put_u32(at, f.u32(at) + 1);
        }),
        case("length of the root 0", Whole, |f, _| {
            f.put_u32(f.entry("") + 120, 0)
        }),
        case("length of the root 4 GB", Whole, |f, _| {
            f.put_u32(f.entry("") + 120, FREE)
        }),
        case("mini stream nowhere", Damaged, |f, _| {
            f.put_u32(f.entry("") + 116, END_OF_CHAIN);
        })
        .why(SMALL),
        case("mini stream outside", Damaged, |f, _| {
            f.put_u32(f.entry("") + 116, 0x7fff)
        })
        .why(SMALL),
        case("class of the root", Whole, |f, _| {
            f.put(f.entry("") + 80, &[0xaa; 16])
        }),
        case("times of the payload's entry", Whole, |f, s| {
            f.put(f.entry(s.main) + 100, &[0xff; 16]);
        }),
        case("size 4 GB", Damaged, |f, s| {
            f.put_u32(f.entry(s.main) + 120, FREE)
        }),
        case("size in its upper half", Whole, |f, s| {
            if f.size() == 512 {
                f.put_u32(f.entry(s.main) + 124, 0xffff);
            }
        })
        .why("with sectors of 512 bytes only the lower half counts"),
        case("size more than there is", Damaged, |f, s| {
            let at = f.entry(s.main) + 120;
            f.put_u32(at, f.u32(at).next_multiple_of(4096) + 4096);
        }),
        case("size 0", Damaged, |f, s| {
            f.put_u32(f.entry(s.main) + 120, 0)
        })
        .why("the chain says how long it is"),
        case("size 0 below its upper half", Damaged, |f, s| {
            f.put_u32(f.entry(s.main) + 120, 0);
            f.put_u32(f.entry(s.main) + 124, 1 << 8);
        })
        .why("the chain says how long it is"),
        case("size 10", Guessed, |f, s| {
            f.put_u32(f.entry(s.main) + 120, 10)
        }),
        case("size half", Guessed, |f, s| {
            let at = f.entry(s.main) + 120;
            f.put_u32(at, f.u32(at) / 2);
        }),
        case("start outside", Guessed, |f, s| {
            f.put_u32(f.entry(s.main) + 116, 0x7fff)
        }),
        case("start at the end", Guessed, |f, s| {
            f.put_u32(f.entry(s.main) + 116, END_OF_CHAIN);
        }),
    ]
}

/// Why a directory without its end mark is a gap.
const MORE: &str = "nothing says that there are no more entries";

/// The FAT and the mini FAT ([MS-CFB] 2.3, 2.4).
fn chains() -> Vec<Case> {
    vec![
        case("FAT not free behind the file", Whole, |f, _| {
            let count = f.count();
            for sector in count..count + 20 {
                f.put_u32(f.slot(sector), 1);
            }
        }),
        case("FAT does not call itself so", Whole, |f, _| {
            f.put_u32(f.slot(f.fat[0]), FREE);
        }),
        case("FAT calls itself an end", Whole, |f, _| {
            f.put_u32(f.slot(f.fat[0]), END_OF_CHAIN);
        }),
        case("directory in a circle", Damaged, |f, _| {
            f.put_u32(f.slot(f.directory[0]), f.directory[0]);
        })
        .why(MORE),
        case("directory without an end", Damaged, |f, _| {
            f.put_u32(f.slot(*f.directory.last().unwrap()), FREE);
        })
        .why(MORE),
        case("directory leads outside", Damaged, |f, _| {
            f.put_u32(f.slot(*f.directory.last().unwrap()), 0x7fff);
        })
        .why(MORE),
        case("mini FAT in a circle", Whole, |f, _| {
            f.put_u32(f.slot(f.mini_fat[0]), f.mini_fat[0]);
        }),
        case("mini stream in a circle", Whole, |f, _| {
            let last = *f.mini.last().unwrap();
            f.put_u32(f.slot(last), f.mini[0]);
        }),
        case("chain is a circle at its start", Damaged, |f, s| {
            let at = f.first_slot(s.main);
            let start = f.u32(f.entry(s.main) + 116);
            f.put_u32(at, start);
        }),
        case("chain leads outside", Damaged, |f, s| {
            f.put_u32(f.first_slot(s.main), 0x7fff)
        }),
        case("chain leads to a free sector", Damaged, |f, s| {
            f.put_u32(f.first_slot(s.main), FREE)
        }),
        case("chain ends early", Damaged, |f, s| {
            f.put_u32(f.first_slot(s.main), END_OF_CHAIN);
        }),
        case("two streams on one chain", Whole, |f, s| {
            let (from, to) = (f.entry(s.main), f.entry(OTHER));
            let place: Vec<u8> = f.bytes[from + 116..from + 128].to_vec();
            f.put(to + 116, &place);
        }),
        case("chain leads into another stream's", Guessed, |f, s| {
            let (slot, other) = (f.first_slot(s.main), f.directory[0]);
            f.put_u32(slot, if s.mini { 0 } else { other });
        })
        .mini(Damaged)
        .why("what follows is not the payload; the search finds it"),
        case("chain has no end mark", Whole, |f, s| {
            let (mut at, base) = (f.first_slot(s.main), f.u32(f.entry(s.main) + 116));
            let first = at;
            while f.u32(at) != END_OF_CHAIN {
                at += 4;
            }
            let last = base + u32::try_from((at - first) / 4).unwrap();
            f.put_u32(at, last + 1);
        })
        .why("no program reads past the size"),
    ]
}

/// Bytes of the file.
fn bytes() -> Vec<Case> {
    vec![
        case("one byte in front", Remnant, |f, _| {
            f.bytes.insert(0, 0);
        }),
        case("512 bytes in front", Remnant, |f, _| {
            f.bytes.splice(..0, [0x20; 512]);
        }),
        case("a mebibyte less one sector in front", Remnant, |f, _| {
            f.bytes.splice(..0, vec![0x41; (1 << 20) - 512]);
        }),
        case("bytes behind", Whole, |f, _| f.bytes.extend([0x41; 1000])),
        case("first byte of the signature", Nothing, |f, _| {
            f.bytes[0] = 0xd1
        })
        .why("no program knows it again"),
        case("cut behind the payload's first sector", Lost, |f, s| {
            let at = f.data(s.main);
            let end = at + if s.mini { 64 } else { f.size() };
            f.bytes.truncate(end);
        }),
        case("padding of the last sector gone", Whole, |f, _| {
            // The last stream, or the mini stream, fills its last sector with them.
            f.bytes.truncate(f.bytes.len() - 20);
        }),
    ]
}

#[test]
fn free_sectors_are_searched() {
    for subject in subjects() {
        let payload = subject.live.iter().find(|(name, _)| name == subject.main);
        let (_, payload) = payload.unwrap();
        let prose = b"DDEAUTO and cmd are words like others. ".repeat(300);
        for (spare, gives_) in [(payload, Remnant), (&prose, Nothing)] {
            let file = Smith::new(subject.benign.iter().cloned()).spare(spare);
            let report = analyze(&file.build().bytes);
            assert_eq!(gives(&report, &subject), gives_, "{}", subject.name);
            assert!(verdict(gives_).contains(&report.verdict()));
            for finding in dde(&report) {
                assert!(finding.location.to_string().contains("unused sectors"));
            }
        }
    }
}

#[test]
fn a_document_in_a_stream_without_a_size_is_read() {
    let docx = docx::docx(&docx::simple(payloads::STD));
    let small = docx.build();
    let mut state = 1u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    let noise: Vec<u8> = noise.take(9_000).collect();
    // More than goes into the mini stream.
    let large = docx.part("word/media/image1.png", noise).build();
    for (payload, is_large) in [(small, false), (large, true)] {
        for path in [
            "Package",
            "__attach_version1.0_#00000000/__substg1.0_37010102",
        ] {
            for upper in [0, 1 << 8] {
                // Another stream without bytes, with the start that some writers give it.
                let streams = [
                    (path, payload.clone()),
                    ("none", vec![]),
                    ("x", vec![1; 80]),
                ];
                let mut file = Smith::new(streams).build();
                assert_eq!(payload.len() >= 4096, is_large);
                let none = file.entry("none");
                file.put_u32(none + 116, 0);
                let at = file.entry(path) + 120;
                file.put_u32(at, 0);
                file.put_u32(at + 4, upper);
                let report = analyze(&file.bytes);
                let found: Vec<_> = triples(&report).into_iter().map(|t| (t.0, t.1)).collect();
                let wanted = (payloads::STD_SERVICE.into(), payloads::STD_TOPIC.into());
                assert_eq!(found, [wanted], "{path} {is_large} {upper}");
                assert!(!report.complete());
            }
        }
    }
    // Starts without a chain of their own say nothing.
    let streams = [("a", vec![]), ("b", vec![1; 5_000]), ("c", vec![1; 80])];
    let mut file = Smith::new(streams).build();
    let at = file.entry("a") + 116;
    for start in 0..file.count() {
        if file.u32(file.entry("b") + 116) == start || file.u32(file.slot(start)) != FREE {
            file.put_u32(at, start);
            assert_eq!(analyze(&file.bytes).verdict(), Verdict::Clean, "{start}");
        }
    }
}

#[test]
fn a_second_entry_of_the_name_is_read() {
    // The tree leads to a document without a payload; another of the name belongs to no storage.
    for subject in subjects() {
        let mut streams = subject.benign.clone();
        streams.extend(
            subject
                .live
                .iter()
                .map(|(name, bytes)| (format!("x/{name}"), bytes.clone())),
        );
        let mut file = Smith::new(streams).build();
        let storage = file.entry("x");
        file.put_u32(storage + 76, FREE);
        let report = analyze(&file.bytes);
        assert!(confidence(&report, &subject).is_some(), "{}", subject.name);
        assert!(report.verdict() >= Verdict::Suspicious);
    }
}

#[test]
fn a_stream_is_read_where_the_header_puts_it_as_well() {
    // The cutoff of the header is that of the writer: all streams stand in ordinary sectors, or
    // all in the mini stream.
    for subject in subjects() {
        let mut file = Smith::new(subject.live.iter().cloned()).build();
        let entry = file.entry(subject.main);
        let payload = subject.live.iter().find(|(name, _)| name == subject.main);
        let (_, payload) = payload.unwrap();
        if subject.mini {
            let first = file.count();
            file.put_u32(56, 0);
            file.bytes.extend_from_slice(payload);
            let whole = file.bytes.len().next_multiple_of(512);
            file.bytes.resize(whole, 0);
            let count = file.count();
            for sector in first..count {
                let next = if sector + 1 == count {
                    END_OF_CHAIN
                } else {
                    sector + 1
                };
                file.put_u32(file.slot(sector), next);
            }
            // What stands in the mini stream is something else.
            let old = file.data(subject.main);
            file.bytes[old..old + 500].fill(0);
            file.put_u32(entry + 116, first);
            let report = analyze(&file.bytes);
            assert!(confidence(&report, &subject).is_some(), "{}", subject.name);
            assert_eq!(report.verdict(), Verdict::Malicious, "{}", subject.name);
        }
    }
}

#[test]
fn a_file_behind_other_bytes_is_read_when_it_is_a_document() {
    let other = Smith::new([("x", vec![1; 100])]).build().bytes;
    let report = analyze(&[b"\x01".to_vec(), other].concat());
    assert_eq!(report.verdict(), Verdict::Clean);
    let document = Smith::new(document(true, true)).build().bytes;
    // What is no header is no file.
    let mut broken = document.clone();
    broken[28] = 0;
    let report = analyze(&[b"\x01".to_vec(), broken].concat());
    assert_eq!(report.verdict(), Verdict::Clean);
    let report = analyze(&[b"\x01".to_vec(), document].concat());
    assert_eq!(report.verdict(), Verdict::Suspicious);
    let found = dde(&report);
    assert_eq!(found.len(), 1);
    assert!(super::support::techniques(found[0]).contains(&"prefixed-container"));
}
