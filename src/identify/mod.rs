//! What could these bytes be? Sees bytes and a package's listing, opens nothing.
//!
//! Content decides, and a name only adds: Excel opens a file called `.csv` as a text of cells
//! whatever its bytes begin with. Where bytes could be two things (a mail behind a PDF header, a
//! zip behind a picture, cells behind a signature) all are named, because programs differ.
//!
//! # Worst cases
//!
//! Linear in the bytes. A [`Sniffer`] holds the first mebibyte and the last 64 KiB.

mod archive;
mod claim;
mod formulas;
mod magic;
mod mail;
mod markup;
mod name;
mod ole;
mod package;
mod sniffer;
mod text;

pub(crate) use claim::{Claim, is_belied};
pub(crate) use formulas::{Units, ends_run, names_function, units};
pub(crate) use markup::{Root, identify_late};
pub(crate) use name::{extension, is_cells};
pub(crate) use ole::{identify_storage, is_attached, is_control, is_message};
pub(crate) use package::identify_package;
pub(crate) use sniffer::{Sniffer, identify, identify_as, identify_part};
pub(crate) use text::WEB_QUERY_SETTINGS;

use crate::gap::SkipReason;
use crate::link::kebab_enum;

kebab_enum! {
    /// What a document is, by content.
    Format {
        /// An Access database.
        Access = "access",
        /// An ACE archive.
        Ace = "ace",
        /// The container of `.mso` files.
        ActiveMime = "active-mime",
        /// An ARJ archive.
        Arj = "arj",
        /// A document as base64.
        Base64 = "base64",
        /// A bzip2 file.
        Bzip2 = "bzip2",
        /// A cabinet archive.
        Cab = "cab",
        /// Text that a spreadsheet program reads as cells, with something like a formula in it.
        DelimitedText = "delimited-text",
        /// Data Interchange Format.
        Dif = "dif",
        /// A Word document of the binary kind, any version.
        Doc = "doc",
        /// A Word document in Office Open XML, macro-enabled ones and templates included.
        Docx = "docx",
        /// A mail message.
        Eml = "eml",
        /// No bytes at all.
        Empty = "empty",
        /// An Office Open XML document that is encrypted as a whole.
        EncryptedOoxml = "encrypted-ooxml",
        /// An Excel 2003 XML workbook.
        ExcelXml2003 = "excel-xml-2003",
        /// An Office Open XML package in one XML file.
        FlatOpc = "flat-opc",
        /// A gzip file.
        Gzip = "gzip",
        /// HTML.
        Html = "html",
        /// A calendar entry.
        Icalendar = "icalendar",
        /// A disc image.
        Iso = "iso",
        /// A Lotus 1-2-3 or Works worksheet.
        Lotus = "lotus",
        /// An LZH archive.
        Lzh = "lzh",
        /// The store of a mail program, with its messages.
        MailStore = "mail-store",
        /// A web page with its parts as one MIME message.
        Mhtml = "mhtml",
        /// An Outlook message.
        Msg = "msg",
        /// An OpenDocument file that is none of the three below.
        Odf = "odf",
        /// An OpenDocument presentation.
        Odp = "odp",
        /// An OpenDocument spreadsheet.
        Ods = "ods",
        /// An OpenDocument text.
        Odt = "odt",
        /// An OLE object that holds a file or a link.
        OleObject = "ole-object",
        /// A compound file of another kind that an Office program opens.
        OleOther = "ole-other",
        /// A OneNote section or notebook.
        OneNote = "one-note",
        /// Nothing that an Office program opens.
        Other = "other",
        /// An archive or packed file of a kind that has no name here.
        OtherArchive = "other-archive",
        /// An Office Open XML package that is none of the others.
        OtherOpc = "other-opc",
        /// A PDF.
        Pdf = "pdf",
        /// A PowerPoint presentation of the binary kind.
        Ppt = "ppt",
        /// A PowerPoint presentation in Office Open XML.
        Pptx = "pptx",
        /// A query or data connection that Excel opens (`.iqy` and the like).
        QueryFile = "query-file",
        /// A RAR archive.
        Rar = "rar",
        /// Rich Text Format.
        Rtf = "rtf",
        /// A 7-Zip archive.
        SevenZip = "seven-zip",
        /// A message that is signed or encrypted in a container of its own (S/MIME).
        Smime = "smime",
        /// Symbolic Link format.
        Sylk = "sylk",
        /// A tar archive.
        Tar = "tar",
        /// The attachment in which Outlook sends what mail cannot carry (`winmail.dat`).
        Tnef = "tnef",
        /// A contact.
        Vcard = "vcard",
        /// The disk of a virtual machine.
        Vhd = "vhd",
        /// A Visio drawing in Office Open XML, or in one XML file.
        Visio = "visio",
        /// A WordPerfect document.
        WordPerfect = "word-perfect",
        /// A Word 2003 XML document.
        WordXml2003 = "word-xml-2003",
        /// An Excel workbook of the binary kind, any version.
        Xls = "xls",
        /// An Excel workbook in the binary kind of Office Open XML.
        Xlsb = "xlsb",
        /// An Excel workbook in Office Open XML.
        Xlsx = "xlsx",
        /// An xz file.
        Xz = "xz",
        /// A zip archive that is no document itself.
        Zip = "zip",
        /// A Zstandard file.
        Zstd = "zstd",
    }
}

/// What bytes are, and what is to be done with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) format: Format,
    pub(crate) disposition: Disposition,
}

/// What is to be done with bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// A reader takes it. Of a zip, [`identify_package`] tells more once it is listed.
    Read,
    /// A compound file: [`identify_storage`] tells more once it is open.
    Compound,
    /// An XML part that is no document of its own.
    Xml(Root),
    /// An Office program opens it, and this version does not: a gap. In plain words.
    Unsupported(&'static str),
    /// Encrypted as a whole: a gap, unless a password opens it.
    Encrypted,
    /// It cannot hold a payload.
    Opaque(SkipReason),
}

impl Identity {
    pub(crate) fn read(format: Format) -> Self {
        Identity {
            format,
            disposition: Disposition::Read,
        }
    }

    fn unsupported(format: Format, name: &'static str) -> Self {
        Identity {
            format,
            disposition: Disposition::Unsupported(name),
        }
    }

    fn opaque(reason: SkipReason) -> Self {
        let format = if reason == SkipReason::Pdf {
            Format::Pdf
        } else {
            Format::Other
        };
        Identity {
            format,
            disposition: Disposition::Opaque(reason),
        }
    }

    /// Whether the bytes could be anything: text, or of no kind that is known.
    pub(crate) fn is_vague(&self) -> bool {
        match self.disposition {
            Disposition::Opaque(reason) => reason == SkipReason::Unknown,
            Disposition::Read => self.format == Format::DelimitedText,
            Disposition::Xml(_) => true,
            Disposition::Unsupported(_) | Disposition::Compound | Disposition::Encrypted => false,
        }
    }

    /// What the relationship that leads to the bytes adds: some opaque kinds have no signature,
    /// and a compressed picture is no archive there.
    pub(crate) fn reached_by(self, relation: Option<&str>) -> Self {
        let unknown = self.disposition == Disposition::Opaque(SkipReason::Unknown);
        let packed_picture = self.format == Format::Gzip && relation == Some("image");
        if packed_picture {
            return Identity::opaque(SkipReason::Picture);
        }
        let object = self.disposition == Disposition::Opaque(SkipReason::OleObject);
        let reason = match relation {
            Some("font") if unknown => SkipReason::Font,
            Some("printersettings") if unknown => SkipReason::PrinterSettings,
            Some("image" | "thumbnail") if unknown => SkipReason::Picture,
            Some("audio" | "video" | "media") if unknown => SkipReason::Media,
            Some("vbaproject") if unknown || object => SkipReason::VbaProject,
            Some("control" | "activexcontrolbinary") if unknown || object => SkipReason::ActiveX,
            Some("signature" | "origin") if unknown => SkipReason::Signature,
            Some(_) | None => return self,
        };
        Identity::opaque(reason)
    }
}

/// What a file is by its name, where its bytes say nothing: Excel takes a text with an address in
/// it for a web query if it is called so (`spec/excel.md` §6.3).
pub(crate) fn identify_name(name: &str) -> Option<Identity> {
    name::is_web_query(name).then(|| Identity::read(Format::QueryFile))
}

#[cfg(test)]
mod tests;
