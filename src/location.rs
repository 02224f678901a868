//! The way in: from the document that was handed over to the place of one finding or gap.

use std::fmt;
use std::sync::Arc;

/// Where something stands: the documents and parts that lead to it, then the field, the cell or
/// the byte.
///
/// `mail.eml › invoice.zip › q.docx › word/header3.xml › field 2 @ byte 4711`
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    path: Arc<[Arc<str>]>,
    field: Option<u32>,
    cell: Option<Arc<str>>,
    offset: Option<u64>,
}

impl Location {
    /// The document itself; `None` when the caller gave no name.
    pub(crate) fn root(name: Option<&str>) -> Self {
        let path = name.map(Arc::from).into_iter().collect();
        Location {
            path,
            field: None,
            cell: None,
            offset: None,
        }
    }

    /// A part of what stands here.
    pub(crate) fn child(&self, name: &str) -> Self {
        let path = self.path.iter().cloned().chain([Arc::from(name)]).collect();
        Location {
            path,
            field: None,
            cell: None,
            offset: None,
        }
    }

    /// The n-th field of this part, counted from 1 in document order.
    pub(crate) fn with_field(mut self, field: u32) -> Self {
        self.field = Some(field);
        self
    }

    /// A cell (`Sheet1!B4`) or a named place (`defined name Auto_Open`) in this part.
    pub(crate) fn with_cell(mut self, cell: &str) -> Self {
        self.cell = Some(Arc::from(cell));
        self
    }

    /// The byte of the innermost part, after decompression and before character decoding.
    pub(crate) fn with_offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The names that lead here, outermost first. Empty for an unnamed document itself.
    pub fn path(&self) -> impl ExactSizeIterator<Item = &str> {
        self.path.iter().map(|name| &**name)
    }

    /// The number of the field in its part, counted from 1 in document order.
    pub fn field(&self) -> Option<u32> {
        self.field
    }

    /// The cell or other named place.
    pub fn cell(&self) -> Option<&str> {
        self.cell.as_deref()
    }

    /// The byte of the innermost part, after decompression, decryption and transfer decoding and
    /// before character decoding.
    pub fn offset(&self) -> Option<u64> {
        self.offset
    }
}

/// One line for people. Names come from the document, so control, bidirectional and separator
/// characters are escaped.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for name in self.path.iter() {
            write!(f, "{separator}{}", crate::text::Escaped(name))?;
            separator = " › ";
        }
        if let Some(cell) = &self.cell {
            write!(f, "{separator}{}", crate::text::Escaped(cell))?;
            separator = " › ";
        }
        if let Some(field) = self.field {
            write!(f, "{separator}field {field}")?;
            separator = " › ";
        }
        match self.offset {
            Some(offset) if separator.is_empty() => write!(f, "byte {offset}"),
            Some(offset) => write!(f, " @ byte {offset}"),
            None if separator.is_empty() => f.write_str("the document itself"),
            None => Ok(()),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Location {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = Row {
            path: self.path().collect(),
            display: self.to_string(),
            field: self.field,
            cell: self.cell(),
            offset: self.offset,
        };
        row.serialize(serializer)
    }
}

/// Where something stands.
#[cfg(feature = "serde")]
#[derive(serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Location"))]
struct Row<'a> {
    /// The names that lead here, outermost first.
    path: Vec<&'a str>,
    /// The whole way in one line, control and bidirectional characters escaped.
    display: String,
    /// The number of the field in its part, counted from 1 in document order.
    field: Option<u32>,
    /// The cell or other named place.
    cell: Option<&'a str>,
    /// The byte of the innermost part, after decompression, decryption and transfer decoding and
    /// before character decoding.
    offset: Option<u64>,
}

#[cfg(feature = "schema")]
crate::schema::written_as!(Location, Row<'_>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_way_in() {
        let location = Location::root(Some("mail.eml"))
            .child("q.docx")
            .child("word/header3.xml");
        assert_eq!(location.to_string(), "mail.eml › q.docx › word/header3.xml");
        assert_eq!(
            location.with_field(2).with_offset(4711).to_string(),
            "mail.eml › q.docx › word/header3.xml › field 2 @ byte 4711"
        );
        assert_eq!(Location::root(None).to_string(), "the document itself");
    }

    #[test]
    fn names_cannot_forge_a_way() {
        let location = Location::root(Some("a\u{202e}b\n › c"));
        assert_eq!(location.to_string(), "a\\u{202e}b\\n \\u{203a} c");
    }
}
