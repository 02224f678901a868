//! Elements in which markup is read otherwise (HTML standard §13.2.5).

/// Elements whose end decides how their content is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enclosed {
    Script,
    Style,
    /// Data of an Office program.
    Xml,
    /// Data of a field.
    Data,
    /// The same, as Word spells it.
    WordData,
    /// Text in which tags are none, to browsers.
    Title,
    TextArea,
    Xmp,
    Frame,
    NoFrames,
    NoEmbed,
    NoScript,
}

/// How many there are.
pub(super) const ENCLOSED: usize = 12;

impl Enclosed {
    pub(super) fn end_tag(self) -> &'static [u8] {
        match self {
            Enclosed::Script => b"/script",
            Enclosed::Style => b"/style",
            Enclosed::Xml => b"/xml",
            Enclosed::Data => b"/data",
            Enclosed::WordData => b"/w:data",
            Enclosed::Title => b"/title",
            Enclosed::TextArea => b"/textarea",
            Enclosed::Xmp => b"/xmp",
            Enclosed::Frame => b"/iframe",
            Enclosed::NoFrames => b"/noframes",
            Enclosed::NoEmbed => b"/noembed",
            Enclosed::NoScript => b"/noscript",
        }
    }

    /// By the name of an element.
    pub(crate) fn named(name: &[u8]) -> Option<Enclosed> {
        let all = [
            Enclosed::Script,
            Enclosed::Style,
            Enclosed::Xml,
            Enclosed::Data,
            Enclosed::WordData,
            Enclosed::Title,
            Enclosed::TextArea,
            Enclosed::Xmp,
            Enclosed::Frame,
            Enclosed::NoFrames,
            Enclosed::NoEmbed,
            Enclosed::NoScript,
        ];
        all.into_iter().find(|element| {
            let own = element.end_tag().get(1..).unwrap_or_default();
            own.eq_ignore_ascii_case(name)
        })
    }
}
