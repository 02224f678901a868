//! What queries fetch, by their texts.

use super::*;

fn values(text: &str) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let cut = read(text, &mut |fetch| all.push((fetch.name, fetch.value)));
    assert!(!cut);
    all
}

fn only(text: &str) -> (&'static str, String) {
    let mut all = values(text);
    assert_eq!(all.len(), 1, "{text}: {all:?}");
    all.remove(0)
}

#[test]
fn addresses_of_queries() {
    for (text, name, value) in [
        (
            "section Section1;\r\nshared Q = let Source = \
             Csv.Document(Web.Contents(\"http://example.invalid/a.csv\"),[Delimiter=\",\"]) in Source;",
            "Web.Contents",
            "http://example.invalid/a.csv",
        ),
        (
            "let s = Excel.Workbook(File.Contents(\"\\\\10.0.0.1\\s\\a.xlsx\"), null, true) in s",
            "File.Contents",
            "\\\\10.0.0.1\\s\\a.xlsx",
        ),
        (
            "let s = Web.Contents(base & \"/a\" & \".csv\"), base = \"http://\" & #\"the host\", \
             #\"the host\" = \"example.invalid\" in s",
            "Web.Contents",
            "http://<expr>/a.csv",
        ),
        (
            "let f = Web.Contents in f(\"http://x.invalid/\")",
            "address",
            "http://x.invalid/",
        ),
        (
            "#shared[Web.Contents](\"http://x.invalid/\")",
            "address",
            "http://x.invalid/",
        ),
        (
            "Expression.Evaluate(\"Web.Contents(\"\"http://x.invalid/\"\")\", #shared)",
            "Web.Contents",
            "http://x.invalid/",
        ),
        (
            "Web.Contents(\"http#(003A)//x.invalid/#(lf)\")",
            "Web.Contents",
            "http://x.invalid/\n",
        ),
        (
            "Web.Contents(Excel.CurrentWorkbook(){0}[a])",
            "Web.Contents",
            "<expr>",
        ),
        (
            "Sql.Database(\"db.example\", \"x\")",
            "server",
            "db.example",
        ),
        (
            "/* \" */ Web.Contents /* ( */ (\"http://x.invalid/\") // \"",
            "Web.Contents",
            "http://x.invalid/",
        ),
    ] {
        assert_eq!(only(text), (name, value.to_owned()), "{text}");
    }
}

#[test]
fn addresses_that_are_put_together() {
    for (text, value) in [
        (
            "Web.Contents(Text.Combine({\"http://192.0.2.1\",\"/a.php\"}))",
            "<expr>http://192.0.2.1",
        ),
        (
            "Web.Contents(Character.FromNumber(104)&\"ttp://192.0.2.1/a.php\")",
            "<expr>ttp://192.0.2.1/a.php",
        ),
        (
            "Web.Contents(Text.Replace(\"htxtp://192.0.2.1/a.php\",\"x\",\"\"))",
            "<expr>htxtp://192.0.2.1/a.php",
        ),
        ("Web.Contents(f(x)), \"http://192.0.2.1\"", "<expr>"),
    ] {
        assert_eq!(only(text), ("Web.Contents", value.to_owned()), "{text}");
    }
}

#[test]
fn what_is_asked_belongs_to_where() {
    assert_eq!(
        values("Sql.Database(\"srv\",\"db\",[Query=\"exec xp_cmdshell 'calc'\"])"),
        [
            ("server", "srv".to_owned()),
            ("command", "exec xp_cmdshell 'calc'".to_owned())
        ]
    );
    assert_eq!(
        values("OleDb.Query(\"Data Source=db.example\",\"select 1\")"),
        [
            ("connection", "Data Source=db.example".to_owned()),
            ("command", "select 1".to_owned())
        ]
    );
}

#[test]
fn queries_that_stay_here_are_silent() {
    for text in [
        "section Section1;",
        "let Source = Excel.CurrentWorkbook(){[Name=\"Table1\"]}[Content] in Source",
        "Csv.Document(File.Contents(\"C:\\Users\\x\\a.csv\"))",
        "Text.Replace(\"http://x\", \"a\", \"b\")",
        "Table.AddColumn(t, \"http://x\", each [a])",
        "// Web.Contents(\"http://x.invalid/\")",
        "let x = \"Web.Contents(\"\"http://x.invalid/\"\")\" in x",
        "Sql.Database(\"localhost\\SQLEXPRESS\", \"x\")",
    ] {
        assert_eq!(values(text), [], "{text}");
    }
}

#[test]
fn storms_are_linear() {
    let started = crate::tests::Clock::start();
    for text in [
        "Web.Contents(".repeat(200_000),
        "f(\"a\"&".repeat(200_000),
        "\"".repeat(400_001),
        "/*".repeat(400_000),
        "#(".repeat(400_000),
        "a=b&b,".repeat(100_000),
        format!("\"{}\"", "#(".repeat(200_000)),
        format!("a0=\"{}\",", "x".repeat(4_000))
            + &(0..200)
                .map(|n| format!("a{}=a{n}&a{n},", n + 1))
                .collect::<String>(),
    ] {
        read(&text, &mut |_| ());
    }
    assert!(started.elapsed().as_secs() < 20);
}
