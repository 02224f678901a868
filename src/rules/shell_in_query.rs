//! A query starts a shell.

use super::features;
use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "shell-in-query",
    weight: 85,
    part: Part::Base,
    since: "0.1.0",
    doc: "The text of a connection or query starts a shell (`xp_cmdshell`, `Shell(`, an \
          interpreter).",
    hits: &[
        Case::external(
            Carrier::Connection,
            "Provider=SQLOLEDB;EXEC xp_cmdshell 'x'",
        ),
        Case::external(Carrier::DatabaseField, "SELECT shell(\"powershell\")"),
        Case::external(Carrier::MailMerge, "cmd /c calc"),
        Case::external(Carrier::Connection, "10.1.1.1")
            .raw("connection=\"DRIVER=SQL;SERVER=10.1.1.1\" command=\"EXEC xp_cmdshell 'calc'\""),
        Case::external(Carrier::Connection, "C:\\a.mdb").raw("command=\"SELECT Shell ('calc')\""),
    ],
    misses: &[
        Case::external(
            Carrier::Connection,
            "Provider=Microsoft.ACE.OLEDB.12.0;Data Source=C:\\a.xlsx",
        ),
        Case::external(Carrier::Hyperlink, "cmd.exe"),
        Case::external(Carrier::Connection, "SELECT cmd FROM orders"),
        Case::external(Carrier::Connection, "sql01")
            .raw("command=\"SELECT cmd, shell FROM orders WHERE net > 1\""),
        Case::external(Carrier::WebQuery, "https://a.example/powershell"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let carriers = [
        Carrier::Connection,
        Carrier::DatabaseField,
        Carrier::MailMerge,
        Carrier::WebQuery,
    ];
    // The target is the server or the path; the command stands beside it.
    subject
        .texts()
        .filter(|_| subject.is_external_in(&carriers))
        .find_map(features::shell_in_query)
}
