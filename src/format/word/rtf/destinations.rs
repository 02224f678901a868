//! What control words mean (`spec/word.md` §3.1, §3.2), as far as links can depend on it.

use super::state::Sort;
use crate::format::word::links::MergeValue;

/// An independent flow of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    Body,
    Header,
    Footer,
    Footnote,
    Annotation,
    Shape,
    /// Separators of notes, entries of indexes.
    Aside,
}

impl Story {
    pub(super) const COUNT: usize = 7;

    /// Its place in a table of all.
    pub(super) fn index(self) -> usize {
        match self {
            Story::Body => 0,
            Story::Header => 1,
            Story::Footer => 2,
            Story::Footnote => 3,
            Story::Annotation => 4,
            Story::Shape => 5,
            Story::Aside => 6,
        }
    }

    /// As locations show it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Story::Body => "body",
            Story::Header => "header",
            Story::Footer => "footer",
            Story::Footnote => "footnote",
            Story::Annotation => "annotation",
            Story::Shape => "text box",
            Story::Aside => "aside",
        }
    }
}

/// A value that stands in a group of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Template,
    Generator,
    NextFile,
    /// A file of the file table: a sub-document.
    File,
    Variable,
    PropertyName,
    PropertyText,
    /// Of the information about the document, by the name that fields know it by.
    Info(&'static str),
    BookmarkStart,
    BookmarkEnd,
    ObjectClass,
    /// Of a mail merge.
    Merge(MergeValue),
    ShapeName,
    ShapeText,
}

/// What a control word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A character of text.
    Character(char),
    /// The end of a paragraph, cell or line.
    Break(&'static str),
    Unicode,
    UnicodeSkip,
    /// `\deleted`: text that change tracking marks.
    Deleted,
    /// `\bin`: its data is a token of its own.
    Binary,
    Font,
    PlainFont,
    Charset,
    /// The code page of a font.
    FontPage,
    /// The code page of the document, by the name of a family.
    Family(i64),
    /// The code page of the document.
    DocumentPage,
    DefaultFont,
    Field,
    Instruction,
    Result,
    Dirty,
    Locked,
    Story(Story),
    /// A known group whose text counts where it stands.
    Through,
    /// A known group whose text is none of the document's.
    Nowhere,
    FontTable,
    Values(Sort),
    Value(Value),
    /// The type of a mail merge (ECMA-376, ST_MailMergeDataType).
    MergeType(&'static str),
    Both,
    UnicodeBranch,
    Object,
    /// An object that is a link, updated when it is opened or not.
    ObjectLink {
        auto: bool,
    },
    ObjectUpdate,
    ObjectData,
    Created,
    /// A part of a time: how it is written behind what came before.
    Time(&'static str, usize),
    /// Formatting that Word writes into the middle of words.
    Format,
    Unknown,
}

impl Role {
    pub(super) fn of(name: &[u8]) -> Role {
        if name.starts_with(b"mm") || name == b"mailmerge" {
            return mail_merge(name);
        }
        text(name)
            .or_else(|| structure(name))
            .or_else(|| setting(name))
            .unwrap_or(Role::Unknown)
    }
}

/// Characters (`spec/word.md` §3.1, rule 9) and what decides how they are spelled.
fn text(name: &[u8]) -> Option<Role> {
    Some(match name {
        b"tab" => Role::Character('\t'),
        b"par" | b"sect" | b"page" | b"column" => Role::Break("\r"),
        b"line" | b"softline" | b"lbr" => Role::Break("\u{b}"),
        b"cell" | b"row" | b"nestcell" | b"nestrow" => Role::Break("\u{7}"),
        b"lquote" => Role::Character('\u{2018}'),
        b"rquote" => Role::Character('\u{2019}'),
        b"ldblquote" => Role::Character('\u{201c}'),
        b"rdblquote" => Role::Character('\u{201d}'),
        b"emdash" => Role::Character('\u{2014}'),
        b"endash" => Role::Character('\u{2013}'),
        b"bullet" => Role::Character('\u{2022}'),
        b"emspace" => Role::Character('\u{2003}'),
        b"enspace" => Role::Character('\u{2002}'),
        b"qmspace" => Role::Character('\u{2005}'),
        b"zwj" => Role::Character('\u{200d}'),
        b"zwnj" => Role::Character('\u{200c}'),
        b"zwbo" | b"zwnbo" => Role::Character('\u{200b}'),
        b"ltrmark" => Role::Character('\u{200e}'),
        b"rtlmark" => Role::Character('\u{200f}'),
        b"u" => Role::Unicode,
        b"uc" => Role::UnicodeSkip,
        b"deleted" => Role::Deleted,
        b"bin" => Role::Binary,
        b"f" => Role::Font,
        b"plain" => Role::PlainFont,
        b"fcharset" => Role::Charset,
        b"cpg" => Role::FontPage,
        b"ansi" => Role::Family(1252),
        b"mac" => Role::Family(10_000),
        b"pc" => Role::Family(437),
        b"pca" => Role::Family(850),
        b"ansicpg" => Role::DocumentPage,
        b"deff" => Role::DefaultFont,
        b"b" | b"i" | b"ul" | b"ulnone" | b"strike" | b"caps" | b"scaps" | b"v" | b"fs" | b"cf"
        | b"cb" | b"highlight" | b"lang" | b"langfe" | b"langnp" | b"langfenp" | b"noproof"
        | b"rtlch" | b"ltrch" | b"fcs" | b"af" | b"afs" | b"alang" | b"ab" | b"ai" | b"loch"
        | b"hich" | b"dbch" | b"insrsid" | b"charrsid" | b"delrsid" | b"cs" | b"pard"
        | b"super" | b"sub" | b"nosupersub" | b"kerning" | b"expnd" | b"expndtw" => Role::Format,
        _ => return None,
    })
}

/// Fields, stories, objects, and groups that hold no text.
fn structure(name: &[u8]) -> Option<Role> {
    Some(match name {
        b"field" => Role::Field,
        b"fldinst" => Role::Instruction,
        b"fldrslt" => Role::Result,
        b"flddirty" => Role::Dirty,
        b"fldlock" => Role::Locked,
        b"upr" => Role::Both,
        b"ud" => Role::UnicodeBranch,
        b"header" | b"headerl" | b"headerr" | b"headerf" => Role::Story(Story::Header),
        b"footer" | b"footerl" | b"footerr" | b"footerf" => Role::Story(Story::Footer),
        b"footnote" => Role::Story(Story::Footnote),
        b"annotation" => Role::Story(Story::Annotation),
        b"shptxt" | b"dptxbxtext" => Role::Story(Story::Shape),
        // Word makes fields of entries of an index and of a table of contents.
        b"ftnsep" | b"ftnsepc" | b"ftncn" | b"aftnsep" | b"aftnsepc" | b"aftncn" | b"xe"
        | b"tc" | b"tcn" => Role::Story(Story::Aside),
        b"object" => Role::Object,
        b"objlink" => Role::ObjectLink { auto: false },
        b"objautlink" => Role::ObjectLink { auto: true },
        b"objupdate" => Role::ObjectUpdate,
        b"objdata" => Role::ObjectData,
        b"objclass" => Role::Value(Value::ObjectClass),
        b"result" | b"shp" | b"shpinst" | b"shpgrp" | b"shprslt" | b"shppict" | b"nonshppict"
        | b"do" | b"background" | b"nonesttables" | b"nesttableprops" | b"mmath" | b"moMath"
        | b"moMathPara" | b"mr" => Role::Through,
        b"fonttbl" => Role::FontTable,
        b"colortbl"
        | b"stylesheet"
        | b"listtable"
        | b"listoverridetable"
        | b"listpicture"
        | b"revtbl"
        | b"rsidtbl"
        | b"themedata"
        | b"colorschememapping"
        | b"latentstyles"
        | b"datastore"
        | b"pict"
        | b"picprop"
        | b"blipuid"
        | b"bliptag"
        | b"datafield"
        | b"formfield"
        | b"ffname"
        | b"fldtype"
        | b"objname"
        | b"objalias"
        | b"objsect"
        | b"oleclsid"
        | b"objtime"
        | b"atnid"
        | b"atnauthor"
        | b"atndate"
        | b"atnicn"
        | b"atnref"
        | b"atnparent"
        | b"atntime"
        | b"atrfstart"
        | b"atrfend"
        | b"listtext"
        | b"pntext"
        | b"pntxta"
        | b"pntxtb"
        | b"pnseclvl"
        | b"pn"
        | b"private"
        | b"xmlnstbl"
        | b"xmlopen"
        | b"xmlclose"
        | b"xmlattr"
        | b"pgptbl"
        | b"protusertbl"
        | b"passwordhash"
        | b"wgrffmtfilter"
        | b"docvars"
        | b"mhtmltag"
        | b"htmltag"
        | b"falt"
        | b"panose"
        | b"fontemb"
        | b"fontfile"
        | b"fname"
        | b"keycode"
        | b"fchars"
        | b"lchars"
        | b"rxe"
        | b"txe"
        | b"mmathPr"
        | b"hlinkbase"
        | b"linkval"
        | b"password"
        | b"writereservation"
        | b"writereservhash"
        | b"gridtbl"
        | b"ebcstart"
        | b"ebcend"
        | b"defchp"
        | b"defpap"
        | b"hl"
        | b"hlloc"
        | b"hlfr"
        | b"hlsrc"
        | b"oldcprops"
        | b"oldpprops"
        | b"oldtprops"
        | b"oldsprops" => Role::Nowhere,
        _ => return None,
    })
}

/// What a document says of itself.
fn setting(name: &[u8]) -> Option<Role> {
    Some(match name {
        b"template" => Role::Value(Value::Template),
        b"generator" => Role::Value(Value::Generator),
        b"nextfile" => Role::Value(Value::NextFile),
        b"docvar" => Role::Value(Value::Variable),
        b"bkmkstart" => Role::Value(Value::BookmarkStart),
        b"bkmkend" => Role::Value(Value::BookmarkEnd),
        b"filetbl" => Role::Values(Sort::Files),
        b"file" => Role::Value(Value::File),
        b"userprops" => Role::Values(Sort::Properties),
        b"propname" => Role::Value(Value::PropertyName),
        b"staticval" => Role::Value(Value::PropertyText),
        b"sp" => Role::Values(Sort::Shape),
        b"sn" => Role::Value(Value::ShapeName),
        b"sv" => Role::Value(Value::ShapeText),
        b"info" => Role::Values(Sort::Info),
        b"title" => Role::Value(Value::Info("TITLE")),
        b"subject" => Role::Value(Value::Info("SUBJECT")),
        b"author" => Role::Value(Value::Info("AUTHOR")),
        b"keywords" => Role::Value(Value::Info("KEYWORDS")),
        b"doccomm" | b"comment" => Role::Value(Value::Info("COMMENTS")),
        b"operator" => Role::Value(Value::Info("LASTSAVEDBY")),
        b"category" => Role::Value(Value::Info("CATEGORY")),
        b"manager" => Role::Value(Value::Info("MANAGER")),
        b"company" => Role::Value(Value::Info("COMPANY")),
        b"creatim" => Role::Created,
        b"yr" => Role::Time("", 4),
        b"mo" | b"dy" => Role::Time("-", 2),
        b"hr" => Role::Time("T", 2),
        b"min" | b"sec" => Role::Time(":", 2),
        _ => return None,
    })
}

/// Mail merges (`spec/word.md` §3.5; RTF 1.9, "Mail Merge").
fn mail_merge(name: &[u8]) -> Role {
    match name {
        b"mailmerge" | b"mmodso" => Role::Values(Sort::Merge),
        b"mmconnectstr" => Role::Value(Value::Merge(MergeValue::Connect)),
        b"mmquery" => Role::Value(Value::Merge(MergeValue::Query)),
        b"mmodsoudl" => Role::Value(Value::Merge(MergeValue::Udl)),
        b"mmodsotable" => Role::Value(Value::Merge(MergeValue::Table)),
        b"mmdatasource" | b"mmheadersource" | b"mmodsosrc" => {
            Role::Value(Value::Merge(MergeValue::Source))
        }
        b"mmdatatypeaccess" => Role::MergeType("database"),
        b"mmdatatypeexcel" => Role::MergeType("spreadsheet"),
        b"mmdatatypeqt" => Role::MergeType("query"),
        b"mmdatatypetext" | b"mmdatatypefile" => Role::MergeType("textFile"),
        b"mmdatatypeodbc" => Role::MergeType("odbc"),
        b"mmdatatypeodso" => Role::MergeType("native"),
        b"mmath" => Role::Through,
        _ => Role::Unknown,
    }
}
