//! What the records of a presentation say of links, each kept where it stands ([MS-PPT] 2.6, 2.10).
//!
//! # Malformed input
//!
//! What belongs together is what stands in one container; the record of an action counts without
//! its container, too. Texts are kept up to the limit on instructions; what is longer is said.
//!
//! # Worst cases
//!
//! Linear in the records and their texts; what is kept is charged to the limit `live-bytes`.

use std::collections::BTreeSet;

use super::pictures;
use super::records::{Record, kind};
use crate::container::cfb::View;
use crate::limits::{Budget, Exhausted, Limit};
use crate::text::from_utf16;

/// What an entry costs besides its texts, which are held twice at most.
const ENTRY: usize = 320;
/// Bytes of an atom that is looked at: an interaction has 16.
const ATOM: usize = 16;

/// Instances of strings in a hyperlink, and in an object ([MS-PPT] 2.10.16, 2.10.27).
const TARGET: u16 = 1;
const LOCATION: u16 = 3;
const PROG_ID: u16 = 2;

/// Everything that was gathered from one stream.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) hyperlinks: Vec<Hyperlink>,
    pub(super) actions: Vec<Action>,
    pub(super) linked: Vec<Linked>,
    pub(super) objects: Vec<Record>,
    known: BTreeSet<Action>,
    open: Open,
    /// Limits that kept something from being kept.
    pub(super) short: Vec<Limit>,
    charged: u64,
}

/// How much of the memory an entry may take.
#[derive(Clone, Copy, Debug)]
enum Rank {
    Link,
    Action,
    Program,
}

/// An `ExHyperlinkContainer`.
#[derive(Debug, Default)]
pub(super) struct Hyperlink {
    pub(super) offset: usize,
    pub(super) id: u32,
    pub(super) target: String,
    pub(super) location: String,
}

/// What an interaction, or an animation, does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Does {
    Macro,
    Program,
    Hyperlink,
    /// Activates an object with this verb.
    Verb(u8),
    /// An animation activates an object.
    Command,
}

impl Does {
    /// [MS-PPT] 2.13.11, InteractiveInfoActionEnum; `None` for what stays in the presentation.
    fn of(action: u8, verb: u8) -> Option<Does> {
        match action {
            1 => Some(Does::Macro),
            2 => Some(Does::Program),
            4 => Some(Does::Hyperlink),
            5 => Some(Does::Verb(verb)),
            _ => None,
        }
    }
}

/// One interaction; those that are the same are one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Action {
    pub(super) does: Does,
    /// Moving the pointer over it is enough.
    pub(super) hover: bool,
    /// The hyperlink that it leads through.
    pub(super) id: u32,
    /// The macro, or the program.
    pub(super) name: String,
    pub(super) offset: usize,
}

/// A linked object, or linked sound and video, that names its place.
#[derive(Debug, Default)]
pub(super) struct Linked {
    pub(super) offset: usize,
    pub(super) media: bool,
    pub(super) automatic: bool,
    pub(super) place: String,
    pub(super) prog_id: String,
}

/// What is read at the moment, with where it ends.
#[derive(Debug, Default)]
enum Open {
    #[default]
    Nothing,
    Hyperlink(usize, Hyperlink),
    Interaction(usize, Interaction),
    Linked(usize, Linked),
}

#[derive(Debug, Default)]
struct Interaction {
    does: Option<Does>,
    hover: bool,
    id: u32,
    name: String,
    offset: usize,
}

impl Gathered {
    /// Takes one record. `Err` is a limit of the whole analysis.
    pub(super) fn record(
        &mut self,
        record: &Record,
        view: &View<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        if record.at >= self.open.end() {
            self.close(budget);
        }
        let (offset, end) = (record.at, record.body.end);
        let linked = |media| Linked {
            offset,
            media,
            ..Linked::default()
        };
        let opens = match record.kind {
            kind::EX_HYPERLINK => Open::Hyperlink(
                end,
                Hyperlink {
                    offset,
                    ..Hyperlink::default()
                },
            ),
            kind::INTERACTIVE_INFO => Open::Interaction(
                end,
                Interaction {
                    offset,
                    hover: record.instance == 1,
                    ..Interaction::default()
                },
            ),
            kind::EX_OLE_LINK | kind::EX_OLE_EMBED | kind::EX_CONTROL => {
                Open::Linked(end, linked(false))
            }
            kind::EX_VIDEO | kind::EX_MIDI_AUDIO | kind::EX_WAV_AUDIO_LINK => {
                Open::Linked(end, linked(true))
            }
            kind::EX_OLE_OBJ_STG => {
                if self.pay(0, Rank::Action, budget) {
                    self.objects.push(record.clone());
                }
                return Ok(());
            }
            kind::TIME_COMMAND_ATOM => {
                self.command(record, view, budget);
                return Ok(());
            }
            _ => return self.atom(record, view, budget),
        };
        self.close(budget);
        self.open = opens;
        Ok(())
    }

    fn atom(
        &mut self,
        record: &Record,
        view: &View<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        match record.kind {
            kind::EX_HYPERLINK_ATOM => {
                if let Open::Hyperlink(_, link) = &mut self.open {
                    link.id = view.u32(record.body.start).unwrap_or_default();
                }
            }
            kind::EX_OLE_LINK_ATOM => {
                // 1 is "always" ([MS-PPT] 2.13.15).
                let mode = view.u32(record.body.start.saturating_add(4));
                if let Open::Linked(_, linked) = &mut self.open {
                    linked.automatic |= mode == Some(1);
                }
            }
            kind::SHAPE_OPTIONS | kind::MORE_OPTIONS | kind::LAST_OPTIONS => {
                for name in pictures::linked(record, view) {
                    let place = self.string(&name, view, budget)?;
                    let linked = Linked {
                        offset: record.at,
                        media: true,
                        place,
                        ..Linked::default()
                    };
                    self.link(linked, budget);
                }
            }
            kind::INTERACTIVE_INFO_ATOM => self.interaction(record, view, budget),
            kind::C_STRING => {
                let wanted = match &self.open {
                    Open::Nothing => false,
                    Open::Hyperlink(..) => matches!(record.instance, TARGET | LOCATION),
                    Open::Interaction(..) | Open::Linked(..) => true,
                };
                if wanted {
                    let text = self.string(record, view, budget)?;
                    self.named(record.instance, text, budget);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A string of what is open.
    fn named(&mut self, instance: u16, text: String, budget: &Budget<'_>) {
        // Every place counts: the one before is over when the next comes.
        if let Open::Linked(_, linked) = &mut self.open
            && !linked.media
            && !linked.place.is_empty()
            && is_place(&text)
        {
            let (offset, automatic) = (linked.offset, linked.automatic);
            let before = Linked {
                offset,
                automatic,
                place: std::mem::take(&mut linked.place),
                prog_id: linked.prog_id.clone(),
                ..Linked::default()
            };
            self.link(before, budget);
        }
        match &mut self.open {
            Open::Nothing => {}
            Open::Hyperlink(_, link) if instance == TARGET => link.target = text,
            Open::Hyperlink(_, link) => link.location = text,
            Open::Interaction(_, interaction) => interaction.name = text,
            Open::Linked(_, linked) if linked.media || is_place(&text) => linked.place = text,
            Open::Linked(_, linked) if instance == PROG_ID => linked.prog_id = text,
            Open::Linked(..) => {}
        }
    }

    /// An `InteractiveInfoAtom` ([MS-PPT] 2.6.10).
    fn interaction(&mut self, record: &Record, view: &View<'_>, budget: &Budget<'_>) {
        let Some(bytes) = view.array::<ATOM>(record.body.start) else {
            return;
        };
        let [_, _, _, _, a, b, c, d, action, verb, ..] = bytes;
        let (does, id) = (Does::of(action, verb), u32::from_le_bytes([a, b, c, d]));
        if let Open::Interaction(_, interaction) = &mut self.open {
            interaction.does = does;
            interaction.id = id;
        } else if let Some(does) = does {
            self.act(
                Action {
                    does,
                    hover: false,
                    id,
                    name: String::new(),
                    offset: record.at,
                },
                budget,
            );
        }
    }

    /// A `TimeCommandBehaviorAtom`: 2 is a verb ([MS-PPT] 2.8.71).
    fn command(&mut self, record: &Record, view: &View<'_>, budget: &Budget<'_>) {
        if view.u32(record.body.start.saturating_add(4)) == Some(2) {
            let action = Action {
                does: Does::Command,
                hover: false,
                id: 0,
                name: String::new(),
                offset: record.at,
            };
            self.act(action, budget);
        }
    }

    /// What is open is over.
    pub(super) fn close(&mut self, budget: &Budget<'_>) {
        match std::mem::take(&mut self.open) {
            Open::Nothing => {}
            Open::Hyperlink(_, link) => {
                let texts = link.target.len().saturating_add(link.location.len());
                if !link.target.trim().is_empty() && self.pay(texts, Rank::Link, budget) {
                    self.hyperlinks.push(link);
                }
            }
            Open::Interaction(_, interaction) => {
                if let Some(does) = interaction.does {
                    let Interaction {
                        hover,
                        id,
                        name,
                        offset,
                        ..
                    } = interaction;
                    self.act(
                        Action {
                            does,
                            hover,
                            id,
                            name,
                            offset,
                        },
                        budget,
                    );
                }
            }
            Open::Linked(_, linked) => self.link(linked, budget),
        }
    }

    fn link(&mut self, linked: Linked, budget: &Budget<'_>) {
        let texts = linked.place.len().saturating_add(linked.prog_id.len());
        if !linked.place.trim().is_empty() && self.pay(texts, Rank::Link, budget) {
            self.linked.push(linked);
        }
    }

    fn act(&mut self, action: Action, budget: &Budget<'_>) {
        let same = Action {
            offset: 0,
            ..action.clone()
        };
        let rank = if action.does == Does::Program {
            Rank::Program
        } else {
            Rank::Action
        };
        if !self.known.contains(&same) && self.pay(action.name.len(), rank, budget) {
            self.known.insert(same);
            self.actions.push(action);
        }
    }

    /// Pays for an entry with texts of so many bytes. What starts a program has a share of the
    /// memory for itself: a storm of hyperlinks must not starve it.
    fn pay(&mut self, texts: usize, rank: Rank, budget: &Budget<'_>) -> bool {
        let cost = texts.saturating_mul(2).saturating_add(ENTRY);
        let cost = u64::try_from(cost).unwrap_or(u64::MAX);
        let all = budget.live_left().saturating_add(self.charged);
        let share = match rank {
            Rank::Link => all / 2,
            Rank::Action => all.saturating_sub(all / 4),
            Rank::Program => all,
        };
        let fits = self.charged.saturating_add(cost) <= share;
        let paid = fits && budget.charge_live(cost).is_ok();
        if paid {
            self.charged = self.charged.saturating_add(cost);
        } else {
            self.note(Limit::LiveBytes);
        }
        paid
    }

    fn note(&mut self, limit: Limit) {
        if !self.short.contains(&limit) {
            self.short.push(limit);
        }
    }

    /// A string of UTF-16 ([MS-PPT] 2.3 and others, `RT_CString`), without the NULs at its end.
    fn string(
        &mut self,
        record: &Record,
        view: &View<'_>,
        budget: &Budget<'_>,
    ) -> Result<String, Exhausted> {
        let longest = budget.limits().instruction_bytes.saturating_mul(2);
        let longest = usize::try_from(longest).unwrap_or(usize::MAX);
        let start = record.body.start;
        if record.body.len() > longest {
            self.note(Limit::InstructionBytes);
        }
        let end = record.body.end.min(start.saturating_add(longest));
        let bytes = match view.copy(start..end, budget) {
            Ok(bytes) => bytes,
            Err(Exhausted::Limit(limit @ (Limit::LiveBytes | Limit::PartBytes))) => {
                self.note(limit);
                return Ok(String::new());
            }
            Err(cause) => return Err(cause),
        };
        let (units, _) = bytes.as_chunks();
        let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
        let text = from_utf16(units);
        budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(text.trim_end_matches('\0').to_owned())
    }

    /// Gives the memory back to the account.
    pub(super) fn clear(self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
    }
}

impl Open {
    fn end(&self) -> usize {
        match self {
            Open::Nothing => usize::MAX,
            Open::Hyperlink(end, _) | Open::Interaction(end, _) | Open::Linked(end, _) => *end,
        }
    }
}

/// Whether a name of an object is a path or an address.
fn is_place(text: &str) -> bool {
    let text = text.trim();
    let path = text.contains(['\\', '/']) && text.starts_with(['\\', '/', '.']);
    let drive = text.contains(":\\") || text.contains(":/") || text.contains("\\\\");
    let scheme = text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.len() > 1
            && !rest.is_empty()
            && !rest.starts_with(char::is_whitespace)
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    let extension = text.rsplit_once('.').unwrap_or_default().1;
    let program = PROGRAMS
        .iter()
        .any(|program| program.eq_ignore_ascii_case(extension));
    path || drive || scheme || program
}

/// Extensions of names without a folder that are places.
const PROGRAMS: &[&str] = &[
    "bat", "cmd", "cpl", "exe", "hta", "js", "jse", "lnk", "msi", "pif", "ps1", "scr", "sct",
    "vbe", "vbs", "wsf",
];

#[cfg(test)]
mod tests {
    use super::is_place;

    #[test]
    fn places_of_linked_objects() {
        for text in [
            "//192.0.2.1/s/a.doc",
            "C:/Windows/System32/mshta.exe",
            "ms-msdt:/id x",
            "search-ms:query=x",
            "mshta.exe",
            "scriptlet:http:x",
            "file:/192.0.2.1/x",
            "\\Windows\\System32\\cmd.exe",
            "..\\..\\a.doc",
        ] {
            assert!(is_place(text), "{text}");
        }
        for text in [
            "Word.Document.8",
            "Microsoft Word Document",
            "Chart: 1",
            "AC/DC",
            "",
        ] {
            assert!(!is_place(text), "{text}");
        }
    }
}
