//! Every place in which a formula can stand (`spec/excel.md` §1.3).

use crate::markup::names::Ns;
use crate::markup::xml::Name;

/// What the text of an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// `f` of a cell.
    CellFormula,
    /// A formula that belongs to a range of the sheet; the words say which kind.
    RangeFormula(&'static str),
    /// A formula that belongs to no cell.
    Formula(&'static str),
    /// `definedName`.
    Name,
}

/// What the text of the element `name` is, if it is a formula.
pub(super) fn text_of(name: Name<'_>) -> Option<Holds> {
    Some(match (name.ns, name.local) {
        (Ns::Spreadsheet, "f") => Holds::CellFormula,
        (Ns::Spreadsheet, "definedName") => Holds::Name,
        (Ns::Spreadsheet, "formula") => Holds::RangeFormula("conditional format"),
        (Ns::Spreadsheet, "formula1" | "formula2") => Holds::RangeFormula("data validation"),
        (Ns::Spreadsheet, "calculatedColumnFormula" | "totalsRowFormula") => {
            Holds::Formula("table column")
        }
        (Ns::ExcelMain, "f" | "sqref") => Holds::RangeFormula("sparkline or format"),
        (Ns::Drawing, "f" | "sqref") => Holds::Formula("chart"),
        (
            Ns::VmlExcel,
            "FmlaLink" | "FmlaMacro" | "FmlaPict" | "FmlaRange" | "FmlaTxbx" | "FmlaGroup",
        ) => Holds::Formula("form control"),
        _ => return None,
    })
}

/// Attributes that hold formulas.
pub(super) struct InAttributes {
    pub(super) attributes: &'static [&'static str],
    pub(super) what: &'static str,
    /// The attribute may also hold any other text, so only what cannot be anything else counts.
    pub(super) mixed: bool,
}

const fn formulas(attributes: &'static [&'static str], what: &'static str) -> Option<InAttributes> {
    Some(InAttributes {
        attributes,
        what,
        mixed: false,
    })
}

const fn mixed(attributes: &'static [&'static str], what: &'static str) -> Option<InAttributes> {
    Some(InAttributes {
        attributes,
        what,
        mixed: true,
    })
}

/// The attributes of the element `name` that hold formulas.
pub(super) fn attributes_of(name: Name<'_>) -> Option<InAttributes> {
    match (name.ns, name.local) {
        (Ns::Spreadsheet, "cfvo") => formulas(&["val"], "conditional format"),
        (Ns::Spreadsheet, "cacheField" | "calculatedItem") => formulas(&["formula"], "pivot field"),
        (Ns::Spreadsheet, "worksheetSource" | "rangeSet") => {
            mixed(&["ref", "name", "sheet"], "pivot source")
        }
        (Ns::Spreadsheet, "oleObject") => formulas(&["link"], "OLE object"),
        (Ns::Spreadsheet, "objectPr") => formulas(&["macro"], "OLE object"),
        (Ns::Spreadsheet, "control" | "controlPr") => {
            formulas(&["linkedCell", "listFillRange", "macro"], "control")
        }
        (Ns::Spreadsheet, "formControlPr") => formulas(
            &[
                "fmlaLink",
                "fmlaRange",
                "fmlaMacro",
                "fmlaGroup",
                "fmlaTxbx",
            ],
            "form control",
        ),
        (Ns::Drawing, "sp" | "pic" | "graphicFrame" | "cxnSp" | "grpSp") => {
            mixed(&["textlink", "macro"], "drawing")
        }
        (Ns::Spreadsheet, "hyperlink") => mixed(&["location"], "hyperlink"),
        (Ns::Spreadsheet, "rangePr") => mixed(&["sourceName"], "connection"),
        (Ns::Spreadsheet, "dataRef") => mixed(&["ref", "name", "sheet"], "consolidation"),
        (Ns::Spreadsheet, "webPublishItem") => {
            mixed(&["sourceRef", "destinationFile"], "web publication")
        }
        (Ns::Spreadsheet, "inputCells") => mixed(&["val"], "scenario"),
        _ => None,
    }
}
