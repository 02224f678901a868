//! The aliases that Windows PowerShell 5.1 defines, as `Get-Alias` lists them (Microsoft's
//! documentation: `about_Aliases`, and "Compatibility aliases" of "Using aliases"), and the cmdlets
//! whose name is written in their own case. Words are data: a new one is a line.

/// The cmdlet that an alias (in lower case) stands for.
pub(super) fn of(alias: &str) -> Option<&'static str> {
    let at = ALIASES
        .binary_search_by_key(&alias, |(alias, _)| alias)
        .ok()?;
    ALIASES.get(at).map(|(_, cmdlet)| *cmdlet)
}

/// A cmdlet as its documentation writes it.
pub(super) fn cmdlet(name: &str) -> Option<&'static str> {
    let mut targets = ALIASES
        .iter()
        .map(|(_, cmdlet)| *cmdlet)
        .chain(CMDLETS.iter().copied());
    targets.find(|cmdlet| cmdlet.eq_ignore_ascii_case(name))
}

/// The one cmdlet that a pattern with `*` and `?` names (`Get-Command i*x-*n`).
pub(super) fn matching(pattern: &str) -> Option<&'static str> {
    let targets = ALIASES
        .iter()
        .map(|(_, cmdlet)| *cmdlet)
        .chain(CMDLETS.iter().copied());
    one(targets.filter(|name| is_like(name, pattern)))
}

/// The one alias that a pattern names (`Get-Alias ie?`).
pub(super) fn alias_matching(pattern: &str) -> Option<&'static str> {
    one(ALIASES
        .iter()
        .filter(|(alias, _)| is_like(alias, pattern))
        .map(|(alias, _)| *alias))
}

fn one(mut names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let first = names.next()?;
    names.all(|name| name == first).then_some(first)
}

/// `-like`, with the one backtrack that `*` needs.
fn is_like(name: &str, pattern: &str) -> bool {
    let (name, pattern) = (name.to_ascii_lowercase(), pattern.to_ascii_lowercase());
    if pattern.len() > 64 {
        return false;
    }
    let (mut name, mut pattern) = (name.as_str(), pattern.as_str());
    let mut retry: Option<(&str, &str)> = None;
    loop {
        let mut rest = pattern.chars();
        let mut letters = name.chars();
        match (rest.next(), letters.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                pattern = rest.as_str();
                retry = Some((name, pattern));
                continue;
            }
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
                (name, pattern) = (letters.as_str(), rest.as_str());
                continue;
            }
            _ => {}
        }
        let Some((from, star)) = retry else {
            return false;
        };
        let mut letters = from.chars();
        if letters.next().is_none() {
            return false;
        }
        (name, pattern) = (letters.as_str(), star);
        retry = Some((name, star));
    }
}

/// In alphabetical order.
const ALIASES: &[(&str, &str)] = &[
    ("%", "ForEach-Object"),
    ("?", "Where-Object"),
    ("ac", "Add-Content"),
    ("asnp", "Add-PSSnapin"),
    ("cat", "Get-Content"),
    ("cd", "Set-Location"),
    ("chdir", "Set-Location"),
    ("clc", "Clear-Content"),
    ("clear", "Clear-Host"),
    ("clhy", "Clear-History"),
    ("cli", "Clear-Item"),
    ("clp", "Clear-ItemProperty"),
    ("cls", "Clear-Host"),
    ("clv", "Clear-Variable"),
    ("compare", "Compare-Object"),
    ("copy", "Copy-Item"),
    ("cp", "Copy-Item"),
    ("cpi", "Copy-Item"),
    ("cpp", "Copy-ItemProperty"),
    ("curl", "Invoke-WebRequest"),
    ("cvpa", "Convert-Path"),
    ("del", "Remove-Item"),
    ("diff", "Compare-Object"),
    ("dir", "Get-ChildItem"),
    ("echo", "Write-Output"),
    ("epal", "Export-Alias"),
    ("epcsv", "Export-Csv"),
    ("erase", "Remove-Item"),
    ("etsn", "Enter-PSSession"),
    ("exsn", "Exit-PSSession"),
    ("fc", "Format-Custom"),
    ("fl", "Format-List"),
    ("foreach", "ForEach-Object"),
    ("ft", "Format-Table"),
    ("fw", "Format-Wide"),
    ("gal", "Get-Alias"),
    ("gc", "Get-Content"),
    ("gci", "Get-ChildItem"),
    ("gcim", "Get-CimInstance"),
    ("gcm", "Get-Command"),
    ("gdr", "Get-PSDrive"),
    ("ghy", "Get-History"),
    ("gi", "Get-Item"),
    ("gjb", "Get-Job"),
    ("gl", "Get-Location"),
    ("gm", "Get-Member"),
    ("gmo", "Get-Module"),
    ("gp", "Get-ItemProperty"),
    ("gps", "Get-Process"),
    ("gpv", "Get-ItemPropertyValue"),
    ("group", "Group-Object"),
    ("gsn", "Get-PSSession"),
    ("gsv", "Get-Service"),
    ("gtz", "Get-TimeZone"),
    ("gu", "Get-Unique"),
    ("gv", "Get-Variable"),
    ("gwmi", "Get-WmiObject"),
    ("h", "Get-History"),
    ("history", "Get-History"),
    ("icim", "Invoke-CimMethod"),
    ("icm", "Invoke-Command"),
    ("iex", "Invoke-Expression"),
    ("ihy", "Invoke-History"),
    ("ii", "Invoke-Item"),
    ("ipal", "Import-Alias"),
    ("ipcsv", "Import-Csv"),
    ("ipmo", "Import-Module"),
    ("irm", "Invoke-RestMethod"),
    ("iwmi", "Invoke-WmiMethod"),
    ("iwr", "Invoke-WebRequest"),
    ("kill", "Stop-Process"),
    ("lp", "Out-Printer"),
    ("ls", "Get-ChildItem"),
    ("man", "help"),
    ("md", "mkdir"),
    ("measure", "Measure-Object"),
    ("mi", "Move-Item"),
    ("mount", "New-PSDrive"),
    ("move", "Move-Item"),
    ("mp", "Move-ItemProperty"),
    ("mv", "Move-Item"),
    ("nal", "New-Alias"),
    ("ndr", "New-PSDrive"),
    ("ni", "New-Item"),
    ("nmo", "New-Module"),
    ("nsn", "New-PSSession"),
    ("nv", "New-Variable"),
    ("ogv", "Out-GridView"),
    ("oh", "Out-Host"),
    ("popd", "Pop-Location"),
    ("ps", "Get-Process"),
    ("pushd", "Push-Location"),
    ("pwd", "Get-Location"),
    ("r", "Invoke-History"),
    ("rd", "Remove-Item"),
    ("ren", "Rename-Item"),
    ("ri", "Remove-Item"),
    ("rm", "Remove-Item"),
    ("rmdir", "Remove-Item"),
    ("rni", "Rename-Item"),
    ("rp", "Remove-ItemProperty"),
    ("rv", "Remove-Variable"),
    ("rvpa", "Resolve-Path"),
    ("sajb", "Start-Job"),
    ("sal", "Set-Alias"),
    ("saps", "Start-Process"),
    ("sasv", "Start-Service"),
    ("sbp", "Set-PSBreakpoint"),
    ("sc", "Set-Content"),
    ("select", "Select-Object"),
    ("set", "Set-Variable"),
    ("si", "Set-Item"),
    ("sl", "Set-Location"),
    ("sleep", "Start-Sleep"),
    ("sls", "Select-String"),
    ("sort", "Sort-Object"),
    ("sp", "Set-ItemProperty"),
    ("spjb", "Stop-Job"),
    ("spps", "Stop-Process"),
    ("spsv", "Stop-Service"),
    ("start", "Start-Process"),
    ("sv", "Set-Variable"),
    ("tee", "Tee-Object"),
    ("trcm", "Trace-Command"),
    ("type", "Get-Content"),
    ("wget", "Invoke-WebRequest"),
    ("where", "Where-Object"),
    ("wjb", "Wait-Job"),
    ("write", "Write-Output"),
];

/// Without an alias of their own.
const CMDLETS: &[&str] = &[
    "Add-MpPreference",
    "Add-Type",
    "ConvertFrom-Json",
    "ConvertFrom-SecureString",
    "ConvertTo-SecureString",
    "Expand-Archive",
    "Get-Date",
    "Get-Host",
    "Get-Random",
    "Invoke-AtomicTest",
    "Join-Path",
    "New-ItemProperty",
    "New-Object",
    "New-Service",
    "Out-File",
    "Out-Null",
    "Out-String",
    "Read-Host",
    "Register-ScheduledTask",
    "Set-ExecutionPolicy",
    "Set-MpPreference",
    "Split-Path",
    "Start-BitsTransfer",
    "Start-Transcript",
    "Test-Path",
    "Write-Error",
    "Write-Host",
    "Write-Verbose",
    "Write-Warning",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_and_found() {
        assert!(ALIASES.is_sorted());
        assert_eq!(of("iex"), Some("Invoke-Expression"));
        assert_eq!(of("%"), Some("ForEach-Object"));
        assert_eq!(of("calc"), None);
        assert_eq!(cmdlet("iNVOKE-wEBREQUEST"), Some("Invoke-WebRequest"));
    }

    /// The patterns are those of Invoke-Obfuscation's launchers.
    #[test]
    fn patterns() {
        assert_eq!(matching("*ke-ex*"), Some("Invoke-Expression"));
        assert_eq!(matching("N*-O*"), Some("New-Object"));
        assert_eq!(matching("*w-*ct"), Some("New-Object"));
        assert_eq!(matching("*"), None);
        assert_eq!(alias_matching("?ex"), Some("iex"));
    }
}
