//! From the fields of an event to what happened.
//!
//! Names of fields: Sysmon (Microsoft Sysinternals documentation of event ids 1 and 13); Windows
//! security auditing (4688, 4657). In 4688 `NewProcessId` is the process and `ProcessId` the one
//! that started it.

use std::borrow::Cow;

use super::fields::Fields;

/// Something that happened on a computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// A process was started.
    Process(ProcessStart<'a>),
    /// A value of the registry was set.
    Registry(ValueSet<'a>),
}

/// When, where, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said<'a> {
    /// The log and the number of the event: `sysmon 1`.
    pub(crate) source: &'static str,
    pub(crate) when: Option<Cow<'a, str>>,
    pub(crate) host: Option<Cow<'a, str>>,
}

impl Said<'_> {
    /// The same, for longer than its row.
    pub(crate) fn to_owned(&self) -> Said<'static> {
        let owned =
            |text: &Option<Cow<'_, str>>| text.clone().map(|text| Cow::Owned(text.into_owned()));
        Said {
            source: self.source,
            when: owned(&self.when),
            host: owned(&self.host),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProcessStart<'a> {
    pub(crate) said: Said<'a>,
    /// The path of the program.
    pub(crate) image: Cow<'a, str>,
    /// The path of the program that started it; older Windows leaves it out.
    pub(crate) parent: Option<Cow<'a, str>>,
    /// Left out where nobody switched it on.
    pub(crate) command_line: Option<Cow<'a, str>>,
    /// The process, as precisely as the log says.
    pub(crate) id: Option<ProcessId<'a>>,
    pub(crate) parent_id: Option<ProcessId<'a>>,
}

/// Which process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ProcessId<'a> {
    /// Never used twice.
    Guid(Cow<'a, str>),
    /// Used again when the process has ended; of this computer.
    Number(u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValueSet<'a> {
    pub(crate) said: Said<'a>,
    /// The key and the name of the value.
    pub(crate) object: Cow<'a, str>,
    /// Its data, as the log writes it.
    pub(crate) data: Cow<'a, str>,
}

pub(super) enum Row<'a> {
    Event(Event<'a>),
    /// An event of another kind.
    Other,
    /// An event that counts, without the fields that make it one.
    Incomplete,
    /// Nothing says what it is.
    NoEvent,
}

pub(super) fn event(mut fields: Fields<'_>) -> Row<'_> {
    let Some(id) = fields.id.as_deref().map(str::trim) else {
        return Row::NoEvent;
    };
    // Ids mean something for one provider only.
    let security = is_of(&fields, "security");
    let sysmon = is_of(&fields, "sysmon");
    let event = match id {
        "1" if sysmon => process_of_sysmon(&mut fields),
        "13" if sysmon => value_of_sysmon(&mut fields),
        "4688" if security => process_of_security(&mut fields),
        "4657" if security => value_of_security(&mut fields),
        _ => return Row::Other,
    };
    event.map_or(Row::Incomplete, Row::Event)
}

/// Whether provider and channel, where they are given, are of this log.
fn is_of(fields: &Fields<'_>, log: &str) -> bool {
    let given = [&fields.channel, &fields.provider];
    let mut given = given.into_iter().flatten().peekable();
    given.peek().is_none() || given.any(|name| name.to_ascii_lowercase().contains(log))
}

fn said<'a>(fields: &mut Fields<'a>, source: &'static str) -> Said<'a> {
    Said {
        source,
        when: fields.time.take(),
        host: fields.computer.take(),
    }
}

fn guid(text: Option<Cow<'_, str>>) -> Option<ProcessId<'_>> {
    let text = text?;
    // Sysmon writes zeros for a process that it did not see start.
    text.bytes()
        .any(|byte| byte.is_ascii_alphanumeric() && byte != b'0')
        .then_some(ProcessId::Guid(text))
}

/// 4688 writes process ids as `0x1a2b`.
fn number(text: Option<Cow<'_, str>>) -> Option<ProcessId<'static>> {
    let text = text?;
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    // 0 is the idle process: whoever writes it does not know.
    number.ok().filter(|id| *id != 0).map(ProcessId::Number)
}

fn filled(text: Option<Cow<'_, str>>) -> Option<Cow<'_, str>> {
    text.filter(|text| !matches!(text.trim(), "" | "-"))
}

fn process_of_sysmon<'a>(fields: &mut Fields<'a>) -> Option<Event<'a>> {
    let said = said(fields, "sysmon 1");
    let id = guid(fields.process_guid.take()).or_else(|| number(fields.process_id.take()));
    let parent_id = guid(fields.parent_guid.take()).or_else(|| number(fields.parent_id.take()));
    Some(Event::Process(ProcessStart {
        said,
        image: filled(fields.image.take())?,
        parent: filled(fields.parent_image.take()),
        command_line: filled(fields.command_line.take()),
        id,
        parent_id,
    }))
}

fn process_of_security<'a>(fields: &mut Fields<'a>) -> Option<Event<'a>> {
    let said = said(fields, "security 4688");
    Some(Event::Process(ProcessStart {
        said,
        image: filled(fields.new_name.take())?,
        parent: filled(fields.parent_name.take()),
        command_line: filled(fields.command_line.take()),
        id: number(fields.new_id.take()),
        parent_id: number(fields.process_id.take()),
    }))
}

fn value_of_sysmon<'a>(fields: &mut Fields<'a>) -> Option<Event<'a>> {
    let said = said(fields, "sysmon 13");
    Some(Event::Registry(ValueSet {
        said,
        object: filled(fields.object.take())?,
        data: fields.details.take()?,
    }))
}

fn value_of_security<'a>(fields: &mut Fields<'a>) -> Option<Event<'a>> {
    let said = said(fields, "security 4657");
    let key = filled(fields.object_name.take())?;
    let name = filled(fields.value_name.take())?;
    Some(Event::Registry(ValueSet {
        said,
        object: Cow::Owned(format!("{key}\\{name}")),
        data: fields.new_value.take()?,
    }))
}
