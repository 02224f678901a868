//! Where an indicator was read.

use std::fmt;

/// The text of a finding that names an indicator. Displays as in JSON: `topic`,
/// `stages[0].script`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The DDE service.
    Service,
    /// The DDE topic.
    Topic,
    /// The DDE item.
    Item,
    /// The target of a link.
    Target,
    /// The arguments of the command.
    Arguments,
    /// The script of the command.
    Script,
    /// The arguments of a stage: the numbers of the stages that lead to it.
    StageArguments(Vec<usize>),
    /// The script of a stage: the numbers of the stages that lead to it.
    StageScript(Vec<usize>),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut stage = |path: &[usize], text: &str| {
            for number in path {
                write!(f, "stages[{number}].")?;
            }
            f.write_str(text)
        };
        match self {
            Origin::Service => f.write_str("service"),
            Origin::Topic => f.write_str("topic"),
            Origin::Item => f.write_str("item"),
            Origin::Target => f.write_str("target"),
            Origin::Arguments => f.write_str("arguments"),
            Origin::Script => f.write_str("script"),
            Origin::StageArguments(path) => stage(path, "arguments"),
            Origin::StageScript(path) => stage(path, "script"),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The place of an indicator in the texts of its finding, in bytes of the whole text: a report
/// that quotes the text shortened may end before it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Source {
    /// Which text.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub text: Origin,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}
