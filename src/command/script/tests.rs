//! Expected values: the language references, and published one-liners with harmless programs in
//! place of theirs.

use super::*;
use crate::command::unfold::{Next, Pool};

fn of(code: &str, dialect: Dialect) -> (String, Vec<String>, Vec<&'static str>) {
    let pool = Pool::new(64 << 20);
    let mut fuel = Fuel::of(code.len(), &pool);
    let outcome = run(code, dialect, &mut fuel);
    let lines = outcome.next.into_iter().map(|next| match next {
        Next::Line(line) => line,
        Next::Code(language, code) => format!("{language:?}: {code}"),
    });
    let ids = outcome.steps.iter().map(|step| step.id.as_str()).collect();
    (outcome.clear.unwrap_or_default(), lines.collect(), ids)
}

#[track_caller]
fn vb(code: &str, clear: &str, lines: &[&str]) {
    let (written, next, _) = of(code, Dialect::Vb);
    assert_eq!(
        (written.as_str(), next),
        (clear, lines.iter().map(|l| l.to_string()).collect())
    );
}

#[track_caller]
fn js(code: &str, clear: &str, lines: &[&str]) {
    let (written, next, _) = of(code, Dialect::Js);
    assert_eq!(
        (written.as_str(), next),
        (clear, lines.iter().map(|l| l.to_string()).collect())
    );
}

#[test]
fn vbscript_functions() {
    vb("x=Chr(99)&Chr(&H61)&ChrW(108)+\"c\"", "x=\"calc\"", &[]);
    vb("x=StrReverse(\"clac\")", "x=\"calc\"", &[]);
    vb("x=Replace(\"c#lc\",\"#\",\"a\")", "x=\"calc\"", &[]);
    vb("x=Join(Split(\"c-a-l-c\",\"-\"),\"\")", "x=\"calc\"", &[]);
    vb(
        "x=Mid(\"xcalcx\",2,4)&Left(\".exe\",2)&Right(\"exe\",2)",
        "x=\"calc.exe\"",
        &[],
    );
    vb("x=Chr(Asc(\"b\")+1)&LCase(\"ALC\")", "x=\"calc\"", &[]);
    vb("x=Chr(100 - 1) & Chr(48 Xor 81)", "x=\"ca\"", &[]);
    vb(
        "x=String(3,\"a\")&Space(1)&Len(\"abc\")",
        "x=\"aaa 3\"",
        &[],
    );
    vb(
        "a=\"ca\":b=\"lc\":MsgBox a&b",
        "a=\"ca\":b=\"lc\":MsgBox \"calc\"",
        &[],
    );
    vb("x = y & \"a\" & \"b\"", "x = y & \"ab\"", &[]);
    vb("x=\"a\" & _\r\n\"b\"", "x=\"ab\"", &[]);
}

#[test]
fn vbscript_starts() {
    vb(
        "CreateObject(\"WScript.Shell\").Run \"calc.exe\",0,True:window.close",
        "CreateObject(\"WScript.Shell\").Run \"calc.exe\",0,True:window.close",
        &["calc.exe"],
    );
    vb(
        "Set s=CreateObject(\"WScr\"&\"ipt.Shell\"):s.Exec(\"cmd /c \"&Chr(99)&\"alc\"):close",
        "Set s=CreateObject(\"WScript.Shell\"):s.Exec(\"cmd /c calc\"):close",
        &["cmd /c calc"],
    );
    vb(
        "CreateObject(\"Shell.Application\").ShellExecute \"cmd.exe\",\"/c calc\",\"\",\"open\",0",
        "CreateObject(\"Shell.Application\").ShellExecute \"cmd.exe\",\"/c calc\",\"\",\"open\",0",
        &["cmd.exe /c calc"],
    );
    vb(
        "GetObject(\"winmgmts:\").Get(\"Win32_Process\").Create \"calc\",null,null,p",
        "GetObject(\"winmgmts:\").Get(\"Win32_Process\").Create \"calc\",null,null,p",
        &["calc"],
    );
    vb(
        "CreateObject(\"WScript.Shell\").Run \"cmd /c \" & x",
        "CreateObject(\"WScript.Shell\").Run \"cmd /c \" & x",
        &["cmd /c x"],
    );
}

/// Published ways around `WScript.Shell` (enigma0x3, "Lateral movement via DCOM", 2017; Microsoft,
/// "Win32_Process").
#[test]
fn other_objects() {
    for (code, line) in [
        (
            "GetObject(\"winmgmts:\\\\.\\root\\cimv2:Win32_Process\").Create(\"calc\",Null,Null,i)",
            "calc",
        ),
        (
            "Set o=GetObject(\"new:C08AFD90-F2A1-11D1-8455-00A0C91F3880\"):o.Document.Application.ShellExecute \"cmd.exe\",\"/c calc\",\"C:\\x\",Null,0",
            "cmd.exe /c calc",
        ),
        (
            "CreateObject(\"MMC20.Application\").Document.ActiveView.ExecuteShellCommand \"cmd\",Null,\"/c calc\",\"7\"",
            "cmd /c calc",
        ),
        (
            "CreateObject(\"Wscript.Shell\").Run(\"powershell -nop -c \"\"calc\"\"\"),0",
            "powershell -nop -c \"calc\"",
        ),
    ] {
        let (clear, next, ids) = of(code, Dialect::Vb);
        assert_eq!((clear.as_str(), next), (code, vec![line.to_owned()]));
        assert!(ids.is_empty());
    }
    let code = "var w=WScript.CreateObject('WScript.Shell');eval(String.fromCharCode(119,46)+'Run(\"calc\")')";
    let (_, next, ids) = of(code, Dialect::Js);
    assert_eq!(next, ["calc"]);
    assert_eq!(ids, ["char-codes", "string-concat", "invoked-text"]);
    let code = "document.write(unescape('%3Cscript language=vbs%3Ex%3C/script%3E'))";
    assert_eq!(of(code, Dialect::Js).1, ["VbScript: x"]);
}

/// mshta (LOLBAS), as it stands behind `vbscript:`.
#[test]
fn vbscript_layers() {
    vb(
        "Close(Execute(\"CreateObject(\"\"WScript.Shell\"\").Run \"\"calc\"\"\"))",
        "Close(Execute(\"CreateObject(\"\"WScript.Shell\"\").Run \"\"calc\"\"\"))",
        &["calc"],
    );
    let (clear, next, ids) = of(
        "Execute Chr(120)&\"=StrReverse(\"\"clac\"\")\"",
        Dialect::Vb,
    );
    assert_eq!(clear, "Execute \"x=StrReverse(\"\"clac\"\")\"\nx=\"calc\"");
    assert!(next.is_empty());
    assert_eq!(
        ids,
        [
            "char-codes",
            "string-concat",
            "invoked-text",
            "reversed-text"
        ]
    );
    vb(
        "Execute(\"s=\"\"cal\"\"\"):CreateObject(\"WScript.Shell\").Run s&\"c\"",
        "Execute(\"s=\"\"cal\"\"\"):CreateObject(\"WScript.Shell\").Run \"calc\"",
        &["calc"],
    );
}

#[test]
fn jscript_functions() {
    js("x=String.fromCharCode(99,0x61,108)+'c'", "x='calc'", &[]);
    js("x='\\x63\\u0061\\154c'", "x='calc'", &[]);
    js("x=unescape('%63%61%6c%u0063')", "x='calc'", &[]);
    // A sign is no digit (ECMA-262 3rd edition, annex B.2.2).
    js("x=unescape('%+4%u+063')", "x='%+4%u+063'", &[]);
    js("x='clac'.split('').reverse().join('')", "x='calc'", &[]);
    js(
        "x='c#lc#'.replace('#','a').replace(/#/g,'')",
        "x='calc'",
        &[],
    );
    js("x=['c','a','l','c'].join('')", "x='calc'", &[]);
    js(
        "x='xcalcx'.substr(1,4)+'.exe'.slice(-4)",
        "x='calc.exe'",
        &[],
    );
    js(
        "var a='ca',b='lc';f(a+b)",
        "var a='ca',b='lc';f('calc')",
        &[],
    );
    js("a='ca';a+='lc';f(a)", "a='ca';a+='lc';f('calc')", &[]);
    js("x=String.fromCharCode(parseInt('63',16))", "x='c'", &[]);
}

#[test]
fn jscript_starts() {
    js(
        "new ActiveXObject('WScript.Shell').Run('calc.exe',0)",
        "new ActiveXObject('WScript.Shell').Run('calc.exe',0)",
        &["calc.exe"],
    );
    js(
        "a=new ActiveXObject(\"WScript.Shell\");a.run('cmd /c calc',0,true);window.close();",
        "a=new ActiveXObject(\"WScript.Shell\");a.run('cmd /c calc',0,true);window.close();",
        &["cmd /c calc"],
    );
    js(
        "new ActiveXObject('WScr'+'ipt.Shell')['R'+'un']('ca'+'lc')",
        "new ActiveXObject('WScript.Shell').Run('calc')",
        &["calc"],
    );
    js(
        "eval(unescape('new%20ActiveXObject(%22WScript.Shell%22).Run(%22calc%22)'))",
        "eval('new ActiveXObject(\"WScript.Shell\").Run(\"calc\")')",
        &["calc"],
    );
    // rundll32 (LOLBAS), as it stands behind `javascript:`.
    js(
        "\"\\..\\mshtml,RunHTMLApplication \";document.write();GetObject(\"script:http://x.invalid/a.sct\").Exec();window.close()",
        "\"\\..\\mshtml,RunHTMLApplication \";document.write();GetObject(\"script:http://x.invalid/a.sct\").Exec();window.close()",
        &[],
    );
    js(
        "with(new ActiveXObject('WScript.Shell')){Run('calc')}",
        "with(new ActiveXObject('WScript.Shell')){Run('calc')}",
        &["calc"],
    );
    js(
        "try{var s=new ActiveXObject('WScript.Shell');s\n.Run('calc')}catch(e){}",
        "try{var s=new ActiveXObject('WScript.Shell');s.Run('calc')}catch(e){}",
        &["calc"],
    );
    js(
        "[]['constructor']['constructor']('x=\"c\"+\"alc\"')()",
        "[].constructor.constructor('x=\"c\"+\"alc\"')()\nx='calc'",
        &[],
    );
}

#[test]
fn harmless_code_stays() {
    for code in [
        "",
        "MsgBox \"a & b\"",
        "x = 1",
        "If a = b Then c = d Else e = f",
        "For i = 1 To 10: Next",
        "1C1:R2C2",
        "Sheet1!A1",
        "a.b(c).d e, f",
        "<<<>>>",
        "a ( b , c ) ",
    ] {
        let (clear, next, ids) = of(code, Dialect::Vb);
        assert_eq!((clear.as_str(), next.len(), ids.len()), (code, 0, 0));
    }
    for code in [
        "alert('a')",
        "if (a == b) { c = d; } else e.f(g, h);",
        "re.exec('text')",
        "function f(a, b) { return a + b; }",
        "x = a ? b : c;\ny = [1, 2];",
        "history.back()",
        "((((",
        "a / b / c",
    ] {
        let (clear, next, ids) = of(code, Dialect::Js);
        assert_eq!((clear.as_str(), next.len(), ids.len()), (code, 0, 0));
    }
}

/// Each of these ends quickly, whatever it says.
#[test]
fn bounds() {
    let codes = [
        format!("x={}", "Chr(65)&".repeat(20_000)),
        format!("x={}x", "Chr(65)&y&".repeat(20_000)),
        format!("x=StrReverse(\"{}\")", "a".repeat(1_000_000)),
        "x=String(2000000000,\"a\")&Space(2000000000)".to_owned(),
        format!("x=\"a\"\n{}", "x=x&x\n".repeat(100)),
        format!("x={}", "StrReverse(".repeat(10_000)),
        "(".repeat(20_000),
        format!("Execute {}", "\"Execute \"&".repeat(10_000)),
        format!("x=\"Execute x\":{}", "Execute x:".repeat(10_000)),
        "x=\"Execute x\":Execute x".to_owned(),
        "a.".repeat(50_000),
        "- ".repeat(50_000),
        "\"a\".".repeat(20_000),
        format!("x='a'{}", ".replace('a','aa')".repeat(10_000)),
        format!("x='a'.split(''){}", ".concat(x)".repeat(10_000)),
        format!("String.fromCharCode({})", "65,".repeat(50_000)),
        "eval(".repeat(10_000) + "'a'" + &")".repeat(10_000),
        "x='eval(x)';eval(x)".to_owned(),
        "[".repeat(200_000),
        "[a".repeat(100_000),
        "new ".repeat(10_000),
        "a?b:".repeat(10_000),
        "a=b=".repeat(10_000),
        "\n".repeat(100_000),
        "f(\n\n\n\n".repeat(10_000),
    ];
    for code in codes {
        for dialect in [Dialect::Vb, Dialect::Js] {
            let start = std::time::Instant::now();
            of(&code, dialect);
            let head: String = code.chars().take(40).collect();
            assert!(
                start.elapsed().as_secs() < 8,
                "{head} {:?}",
                start.elapsed()
            );
            eprintln!("{:?} {head:?}", start.elapsed());
        }
    }
}

/// 10,000 layers end with a note.
#[test]
fn layers_are_bounded() {
    let (_, _, ids) = of("x=\"Execute x\":Execute x", Dialect::Vb);
    assert!(ids.contains(&"undecoded"));
}
