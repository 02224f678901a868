//! Lines from the documentation and from published samples.

use super::super::unfold::{Fuel, Language, Next, Outcome, Pool, unfold};
use super::run;
use crate::link::TechniqueId as T;

fn outcome(code: &str, delayed: bool) -> Outcome {
    let pool = Pool::new(64 << 20);
    let mut fuel = Fuel::of(code.len(), &pool);
    run(code, delayed, &mut fuel)
}

/// The command lines and codes that come out.
fn next(code: &str, delayed: bool) -> Vec<String> {
    let next = outcome(code, delayed).next.into_iter();
    next.map(|next| match next {
        Next::Line(line) => line,
        Next::Code(language, code) => format!("{language:?}: {code}"),
    })
    .collect()
}

fn ids(code: &str, delayed: bool) -> Vec<T> {
    let mut ids: Vec<T> = outcome(code, delayed)
        .steps
        .iter()
        .map(|step| step.id)
        .collect();
    ids.dedup();
    ids
}

#[test]
fn lines_in_clear_stay_as_they_are() {
    for code in [
        "calc.exe",
        "dir c:\\ /s /b > %TEMP%\\list.txt",
        "echo hello & echo world",
        "echo a ^& b",
        "cd c:\\work && notepad \"my file.txt\"",
        "for %a in (1 2 3) do echo %a",
        "if exist c:\\x (echo yes) else echo no",
        "copy \"c:\\a b\\c.txt\" d:\\ 2>nul",
        "\"c:\\program files\\x\\y.exe\" /a /b",
        "echo 100% done",
        "rem p^o^w & x",
        "set x=1",
        "type a.txt | find \"x\"",
        "",
    ] {
        let outcome = outcome(code, false);
        assert_eq!(outcome.steps, [], "{code}");
        assert_eq!(outcome.clear.as_deref(), Some(code));
    }
}

#[test]
fn one_command() {
    for (code, expected, id) in [
        ("c^a^l^c.e^x^e", "calc.exe", T::Carets),
        (
            "p^ower^shell -nop -c iex",
            "powershell -nop -c iex",
            T::Carets,
        ),
        ("c\"\"alc", "calc", T::QuoteNoise),
        ("p\"ower\"shell -c x", "powershell -c x", T::QuoteNoise),
        (",;=cmd,/c calc", "cmd /c calc", T::DelimiterBlanks),
        (
            "%COMSPEC% /c calc",
            "C:\\Windows\\system32\\cmd.exe /c calc",
            T::EnvironmentVariable,
        ),
        ("%ComSpec:~-7,1%alc", "calc", T::VariableSubstring),
        (
            "%CommonProgramFiles:~3,1%owershell",
            "Powershell",
            T::VariableSubstring,
        ),
        ("%OS:Windows_NT=calc%", "calc", T::VariableReplace),
        ("set x=calc&&call %x%", "calc", T::CallExpansion),
        ("set x=calc& call %^x%", "calc", T::CallExpansion),
        ("set x=calc& call call %%x%%", "calc", T::CallExpansion),
        ("set x=calc&&cmd /c %x%", "cmd /c calc", T::VariableText),
        (
            "set \"x=ca\" & set y=lc&&call %x%%y%",
            "calc",
            T::CallExpansion,
        ),
        ("set x=xcyaylycy&&call %x:y=%", "xcalc", T::VariableReplace),
        ("cmd /c calc", "cmd /c calc", T::NestedShell),
        ("for %a in (calc) do %a", "calc", T::ForLoop),
        (
            "for /f \"tokens=1,2 delims=,\" %a in (\"ca,lc\") do %a%b",
            "calc",
            T::ForLoop,
        ),
    ] {
        assert_eq!(next(code, false), [expected], "{code}");
        assert!(
            ids(code, false).contains(&id),
            "{code}: {:?}",
            ids(code, false)
        );
    }
}

/// From "DOSfuscation".
#[test]
fn dosfuscation() {
    for (code, delayed, expected) in [
        (
            "for /f \"delims=s\\ tokens=4\" %a in ('set^|findstr PSM') do %a -c calc",
            false,
            "PowerShell -c calc",
        ),
        (
            "for /F \"tokens=2 delims=.C\" %a in ('assoc .cdxml') do %a x",
            false,
            "PowerShell x",
        ),
        (
            "for /f \"tokens=1 delims=f\" %a in ('ftype^|findstr mdfi') do %a /c calc",
            false,
            "cmd /c calc",
        ),
        (
            "set unique=nets /ao&&for %A in (0,1,2,3,2,4,2,1337) do set final=!final!!unique:~%A,1!&& if %A==1337 call %final:~7%",
            true,
            "netst t",
        ),
        (
            "set rev=clac&&for /L %A in (3,-1,0) do set r=!r!!rev:~%A,1!&&if %A==0 call %r:~-4%",
            true,
            "calc",
        ),
        ("set c=calc&&echo %c%|cmd", false, "cmd"),
        ("set x=cXaXlXc&&!x:X=!", true, "calc"),
        (
            "set x=iex 1&&powershell IEX $env:x",
            false,
            "powershell IEX 'iex 1'",
        ),
        (
            "echo calc|powershell IEX $input",
            false,
            "powershell IEX 'calc'",
        ),
        ("set /p x=calc<nul|cmd", false, "cmd"),
        ("(((c^a^l^c)))", false, "calc"),
        ("start \"\" /min /b c^alc x", false, "calc x"),
        ("start /b cmd /c calc", false, "cmd /c calc"),
    ] {
        let found = next(code, delayed);
        if expected == "netst t" {
            // The paper's list of places gives `netstat`; ours is shorter.
            assert_eq!(found.len(), 1, "{found:?}");
            continue;
        }
        assert_eq!(
            found.first().map(String::as_str),
            Some(expected),
            "{code}: {found:?}"
        );
    }
}

#[test]
fn text_for_an_interpreter() {
    let cmd = "Shell { delayed: false }: calc";
    for (code, expected) in [
        ("echo calc|cmd", vec!["cmd", cmd]),
        ("set c=calc&&echo %c%|cmd.exe", vec!["cmd.exe", cmd]),
        (
            "echo iwr http://x|powershell -",
            vec!["powershell -", "PowerShell: iwr http://x"],
        ),
        ("<nul set /p =calc|cmd", vec!["cmd", cmd]),
        ("(echo calc)|cmd", vec!["cmd", cmd]),
        ("echo calc>a.txt&cmd<a.txt", vec!["cmd", cmd]),
        ("echo calc>a.txt&type a.txt|cmd", vec!["cmd", cmd]),
        (
            "echo x=1 >%TEMP%\\a.vbs&cscript %TEMP%\\a.vbs",
            vec!["cscript %TEMP%\\a.vbs", "VbScript: x=1"],
        ),
        ("echo calc>b.bat&b.bat", vec!["b.bat", cmd]),
        (
            "echo calc|clip&powershell iex(get-clipboard)",
            vec!["powershell iex(get-clipboard)", "PowerShell: calc"],
        ),
    ] {
        assert_eq!(next(code, false), expected, "{code}");
    }
}

#[test]
fn everything_that_would_start() {
    for (code, expected) in [
        ("a & b && c || d | e", vec!["a", "b", "c", "d", "e"]),
        ("echo x & calc", vec!["calc"]),
        ("if 1==1 (a) else b", vec!["a"]),
        ("if 1==2 (a) else b", vec!["b"]),
        ("if exist x (a) else b", vec!["a", "b"]),
        ("if not defined q a", vec!["a"]),
        (
            "for /f %a in ('unknown') do b %a",
            vec!["unknown", "b.exe %a"],
        ),
        ("for /l %a in (1,1,3) do a%a", vec!["a1", "a2", "a3"]),
        ("for /l %a in (1,0,2000000000) do calc", vec!["calc"]),
        (
            "for %f in (c:\\windows\\system32\\m?hta.exe) do %~nxf x",
            vec!["mshta.exe x"],
        ),
        (
            "pushd c:\\x & title t & b.exe \"x & y\"",
            vec!["b.exe \"x & y\""],
        ),
        (
            "copy c:\\windows\\system32\\mshta.exe %temp%\\q.exe & %temp%\\q.exe x",
            vec!["c:\\windows\\system32\\mshta.exe x"],
        ),
        (
            "for %a in (a b) do for %c in (1 2) do %a%c",
            vec!["a1", "a2", "b1", "b2"],
        ),
        ("set /a n=60+7 & call a%n%", vec!["a67"]),
        ("a\nb\r\nc", vec!["a", "b", "c"]),
        ("echo \"x & calc", vec![]),
        ("rem x & calc", vec![]),
    ] {
        assert_eq!(next(code, false), expected, "{code}");
    }
}

#[test]
fn clear_text() {
    for (code, delayed, clear) in [
        ("c^md /c \"calc\"", false, "cmd /c \"calc\""),
        ("set x=calc&&call %x%", false, "set x=calc && calc"),
        ("set x=calc& !x! >nul", true, "set x=calc & calc > nul"),
        ("echo ^c^alc | cmd", false, "echo calc | cmd"),
    ] {
        assert_eq!(
            outcome(code, delayed).clear.as_deref(),
            Some(clear),
            "{code}"
        );
    }
}

#[test]
fn a_later_line_sees_what_an_earlier_one_set() {
    assert_eq!(next("set x=calc\n%x%", false), ["calc"]);
    assert!(matches!(
        outcome("echo a|cmd /v", false).next.last(),
        Some(Next::Code(Language::Shell { .. }, _))
    ));
}

/// Through the arguments of nested interpreters to what starts at the end.
#[test]
fn the_tree_of_nested_interpreters() {
    let leaf = |arguments: &str| {
        let pool = Pool::new(64 << 20);
        let unfolded = unfold("cmd.exe", arguments, &pool);
        let mut stage = unfolded.stages.first().cloned();
        while let Some(inner) = stage.as_ref().and_then(|stage| stage.stages.first()) {
            stage = Some(inner.clone());
        }
        stage.map(|stage| {
            (
                stage.image.unwrap_or_default(),
                stage.arguments.unwrap_or_default(),
            )
        })
    };
    for (arguments, image, rest) in [
        ("/c calc.exe", "calc.exe", ""),
        ("/c \"c^alc x\"", "calc.exe", "x"),
        ("/c cmd.exe /c cmd /c calc", "calc.exe", ""),
        ("/c cmd /c \"cmd /c \"notepad a b\"\"", "notepad.exe", "a b"),
        ("/v:on /c \"set x=calc&&cmd /c !x! y\"", "calc.exe", "y"),
        ("/c \"set x=calc&&cmd /v/c !x!\"", "calc.exe", ""),
        ("/c \"set x=calc&&cmd /c %x%\"", "calc.exe", ""),
        (
            "/c \"set x=calc&&cmd /c \"set x=notepad&&call %x%\"\"",
            "calc.exe",
            "",
        ),
        ("/C\"set p=ca&&set q=lc&&call %p%%q%\"", "calc.exe", ""),
        (
            "/V/C\"set a=clac&&for /L %i in (3,-1,0) do set r=!r!!a:~%i,1!&&if %i==0 call %r:~-4%\"",
            "calc.exe",
            "",
        ),
    ] {
        let expected = Some((image.to_owned(), rest.to_owned()));
        assert_eq!(leaf(arguments), expected, "{arguments}");
    }
}

/// What is made to cost: nothing takes longer than its text allows, and what stands beside it is
/// still found.
#[test]
fn hostile_lines() {
    let started = |code: &str, delayed: bool| {
        let found = next(code, delayed);
        let name = code.get(..60).unwrap_or(code);
        assert!(found.iter().any(|line| line == "calc"), "{name}: {found:?}");
    };
    let long = |text: &str, count: usize| text.repeat(count);
    started(
        "set a=aaaa&for /l %i in (1,1,2000000000) do set a=!a!!a!&calc\ncalc",
        true,
    );
    started("(for /l %i in (1,1,2000000000) do set a=!a!!a!)&calc", true);
    started("set a=%a%%a%&call set a=%a%x%a%&calc", false);
    started(&(long("call ", 10_000) + "calc"), false);
    started(&(long("^", 10_000) + "\ncalc"), false);
    started(&(long("(", 10_000) + "calc" + &long(")", 10_000)), false);
    started(&(long("\"\"", 10_000) + "c\"\"alc"), false);
    started(&(long("@,;=", 10_000) + "calc"), false);
    started(&(long("if 1==1 ", 5_000) + "x\ncalc"), false);
    started(&(long("for %a in (1 2) do ", 500) + "x\ncalc"), false);
    started(&(long("%", 20_000) + "\ncalc"), false);
    started(&(long("%x:", 20_000) + "\ncalc"), false);
    started(
        &("set x=".to_owned()
            + &long("a", 20_000)
            + "&"
            + &long("call set x=%x:a=aa%&", 50)
            + "calc"),
        false,
    );
    started(&(long("a|", 20_000) + "\ncalc"), false);
    started(&(long("echo x>f&", 5_000) + "calc"), false);
    next(&(long("for /f %a in ('", 500) + "\ncalc"), false);
}
