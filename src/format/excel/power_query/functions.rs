//! The functions of the M language that fetch, and what their arguments are (`spec/excel.md` §1.6).

/// What the arguments of a function are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An address in the web, whatever it looks like.
    Web,
    /// A file, a folder, an address: here or elsewhere.
    Address,
    /// A connection string, then what is asked.
    Connection,
    /// The name of a server.
    Server,
    /// What is asked stands in the second argument.
    Asked,
    /// The text of a query.
    Query,
    /// Works on texts and fetches nothing.
    Plain,
}

/// Functions that fetch (§1.6), as they are spelled: the language minds the case.
const FUNCTIONS: &[(&str, Meaning)] = &[
    ("Access.Database", Meaning::Address),
    ("AdoDotNet.DataSource", Meaning::Connection),
    ("AdoDotNet.Query", Meaning::Connection),
    ("AnalysisServices.Database", Meaning::Server),
    ("AnalysisServices.Databases", Meaning::Server),
    ("Csv.Document", Meaning::Address),
    ("DB2.Database", Meaning::Server),
    ("Excel.Workbook", Meaning::Address),
    ("Expression.Evaluate", Meaning::Query),
    ("File.Contents", Meaning::Address),
    ("Folder.Contents", Meaning::Address),
    ("Folder.Files", Meaning::Address),
    ("Informix.Database", Meaning::Server),
    ("Json.Document", Meaning::Address),
    ("MySQL.Database", Meaning::Server),
    ("OData.Feed", Meaning::Address),
    ("Odbc.DataSource", Meaning::Connection),
    ("Odbc.Query", Meaning::Connection),
    ("OleDb.DataSource", Meaning::Connection),
    ("OleDb.Query", Meaning::Connection),
    ("Oracle.Database", Meaning::Server),
    ("PostgreSQL.Database", Meaning::Server),
    ("SharePoint.Contents", Meaning::Address),
    ("SharePoint.Files", Meaning::Address),
    ("SharePoint.Tables", Meaning::Address),
    ("Sql.Database", Meaning::Server),
    ("Sql.Databases", Meaning::Server),
    ("Sybase.Database", Meaning::Server),
    ("Teradata.Database", Meaning::Server),
    ("Value.NativeQuery", Meaning::Asked),
    ("Web.BrowserContents", Meaning::Web),
    ("Web.Contents", Meaning::Web),
    ("Web.Page", Meaning::Address),
    ("Xml.Document", Meaning::Address),
    ("Xml.Tables", Meaning::Address),
];

/// A function of the table by its name, as it is spelled.
pub(super) fn function_of(name: &str) -> Option<&'static (&'static str, Meaning)> {
    let at = FUNCTIONS
        .binary_search_by_key(&name, |(known, _)| *known)
        .ok()?;
    FUNCTIONS.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_in_order() {
        assert!(FUNCTIONS.is_sorted_by_key(|(name, _)| *name));
    }
}
