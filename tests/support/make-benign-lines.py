#!/usr/bin/env python3
"""Writes tests/benign/*.txt: cells and lines of ordinary documents, one file a kind.

Each line is a template's id, a tab, and the text. A template gives at most 20 lines, all lines are
distinct, and the same script gives the same files. Run it only to add to them.
"""
import pathlib
import random
import re

HERE = pathlib.Path(__file__).parents[1] / "benign"
LINES = 20

WORDS = """apple invoice bolt garden river window paper engine silver market winter ticket harbour
copper bridge candle forest signal ladder mirror orchard pencil quarry ribbon saddle timber umbrella
valley wagon yarn zebra anchor basket cabin daisy ember fabric gravel hammer island jacket kettle
lantern meadow needle oyster parcel quilt rocket shelf thread urchin velvet whistle""".split()
NAMES = """Anna Boris Carla David Elena Farid Grace Hiro Irina Jonas Karin Luis Maria Nadia Oskar
Paula Quentin Rosa Stefan Tomas Uma Viktor Wanda Xenia Yusuf Zoe""".split()
CITIES = "Berlin Lyon Porto Graz Turin Leeds Gent Oslo Riga Split Brno Cork Faro Lund Metz".split()
TOOLS = "grep sort uniq awk sed head tail wc tee xargs less cut tr jq".split()
LEVELS = "INFO WARN ERROR DEBUG TRACE".split()
TYPES = "int String bool float u32 Vec Option char byte list".split()
FUNCTIONS = "SUM AVERAGE MIN MAX COUNT COUNTA MEDIAN PRODUCT".split()

PRICES = """
-«n».«nn»
+«n».«nn»%
-«n»,«nn» €
=«n»*«n»
3 for «n» | today only! buy «w»
«W» | «n».«nn» | in stock!
-«nn»% | «w» sale!
@«n».«nn» per «w»
+«n» («w») | VAT incl.!
«n»x «w» @ $«n».«nn»
-$«n».«nn»|«w»
was «n» | now «nn»!
EUR «n»,«nn» -«nn»%!
=«n»+«nn»-«n»
USD/«W» «n».«nn» | «n».«nn» !
-«n» | -«nn» | «n»!
"""
PHONES = """
+49 «n» «n»«n»
+1-«nnn»-«nnn»-«nnnn»
+44 (0)«nn» «nnn» «nnnn»
-«nnn» ext. «nn»
+33 «nn» «nn» «nn» «nn» | «N»
+«nn» «nnn» «nnnn»!«nn»
00«nn»-«nnn»-«nnnn» | fax +«nn»
@«N»: +«nn» «nnnn»
+«nn»/«nnn»/«nnnn»|mobile
=«nnn»-«nnnn»
tel:+«nn»«nnnn»«nnn»
+«nn» «nnn» | call «N»!
+«nn»«nnnn» (office) | +«nn»«nnnn» (home)!
--«nnn»--«nnnn»--
«N» | +«nn» «nnn» «nnn»!
"""
MAIL = """
@«N»«nn»
@«w»_«w» on «w»|«w»!«w»
«w».«w»@example.com
"«N» «W»" <«w»@example.org>
@«w» | «N»!
mailto:«w»@example.net?subject=«w»|«w»!
+«w»@example.com
-«w»@mail.example|«w»
@«w»: see «w»|«w»!
«w»+«w»@example.com; «w»@example.com
=?utf-8?Q?«w»_«w»?= <«w»@example.com>
@everyone: «w» | «w»!
Reply-To: «w»@example.com | «N»!
@«N» @«N» «w»!
-- «N», «W» GmbH | «C»!
host!«w»!«w»@example.com
"""
MARKDOWN = """
--- | --- | !«n»
| «w» | «w» | «n»! |
- «w» | «w»!
- «w» «w» one|two!«w»
- [ ] «w» | «N»!
+ «w» **«w»** | «n»!
=== «W» | «w» ===
|:---|«n»---:|!«w»|
- ![«w»](«w».png) | «w»
+ | «w» | `«w»!`
- `«w»|«w»` is «w»!
--- «w» | «w»! ---
- «w» | «w» | «w» | !
| `«w» | «w»` | **«w»!** |
- «W»: «w»\\|«w»! «n»
+-«nnn»-+ | «w»!
"""
LOGS = """
«date»T«time»Z | «L» | «w» started!
-«date»- «L»|«w»: «w»!
«date» «time» «L» «w».«w»|«w»! code=«n»
[«time»] «w»: «w» | «w»!
«ip» - - [«date»] "GET /«w»|«w»! HTTP/1.1" «nnn»
@timestamp=«date» | level=«L»!
-- «date» «time» -- «w»|«w»
+«n»ms «L» | «w»!
=> «w» | «w» done in «n» s!
=== «time» === «w» | «w»!
«L»|«date»|«w»|«w»!
-«n»:«nn» «w» failed | retry!
«date» kernel: «w»|«w»: link up!
@«n» «w» | +«nn» ms!
"«date»","«L»","«w» | «w»!"
«date»;«ip»;«w»|«w»;denied!
"""
SHELL = """
cat «w».log | «t» «w» | «t» ! «w»
-«w» | «t» -n «n»!
- «t» «w» | «t»!
if ! «t» «w» | «t» -q «w»; then exit «n»; fi
ls -l | «t» -v "«w»!" | «t»
echo "=«w»|«w»!" > «w».txt
--«w»=«n» | «t» !«w»
+ «t» «w» '|' «t»!
$(«t» «w» | «t») && echo done! «n»
=$((«n» + «nn»)) | «t»
@echo off | «w» !
for f in *.«w»; do «t» "$f" | «t»; done !«n»
-e «w» | «t» | «t» «w»!
! «t» «w» «w» | «t»
- cmd | findstr «w» !«n»
-- powershell | out-file «w» !
"""
FORMULAS = """
=A«n»&"|"&B«n»&"!"
=IF(A«n»>«nn»,"cmd|'/c «w»'!A«n»","")
=«F»(A«n»:A«nnn»)
=VLOOKUP(A«n»,«W»!A1:B«nn»,2,FALSE)
='«W» «W»'!A«n»
=SUBSTITUTE(A«n»,"|","!«w»")
={«n»,«nn»;«n»,«nnn»}
=CONCATENATE("=«w»|«w»!",A«n»)
=TEXT(A«n»,"0|0!")&"«w»"
="a|b!c «w»"&B«n»
=SUMIF(«W»!A:A,"«w»|*",«W»!B:B)
=«F»('«W»|x'!A1:A«n»)
=INDEX(«W»!A1:C«nn»,MATCH("«w»|!",A:A,0),«n»)
-«F»(A«n»:B«nn»)
+A«n»*B«nn»-C«n»
@«F»(A«n»..B«nn»)
"""
EXPORTS = """
«n»|«w»|«w»|«nn»!
-«n»|«w»|«n».«nn»|!
«w»|«N»|«C»|«nnnn»
=|«w»|«w»|«n»!
«N»|«W»|+«nn» «nnn»|«w»!
+|«n»|«w»|
@|«w»|«n»|!«w»
"«w»"|"«w»!"|«n»
«date»|«w»|-«n»|«w»!
-|-|«w»|!|«n»
«n»;«w»|«w»!;«nn»
|«w»||«w»!|«n»|
«C»|«nnnn»|«n».«nn»|ok!
+«n»|-«nn»|=«nnn»
MSH|^~\\&|«W»|«w»|«C»|«nn»!
-1.«nn»|«n»!
"""
CHAT = """
@«N» lunch at «n» | «w» place!
-«N»: «w» | lol!
+1 «N» | «w»!
=) «N» | «w» !
@«N»: yes|no|maybe!
- «N» joined | «w»!
=> «N» «w»|«w» haha!
«N» | «time» | see you!
+«n» reactions | «w»!
-_- «w» | «w» !
@here «w»|«w» anyone!
=D «w» | «N»!
2017 | Happy New Year «N»!
«n» | «nn» = great «w»!
-> «N» says «w» | hi!
@«w» «w»|«w»!! «n»
"""
CODE = """
- fn «w»(a: «T») -> Result<«T», «W»> | !
let «w» = |x| !x.«w»();
-«w» |= !«w» & «n»;
if (a || !b) { return «n»; } // «w»
=> «w» | «w» if !«w»
+    «w»!("{}|{}", «n», x);
-    println!("«w»|{}", «w»);
@«W»(value = "«w»|«w»!")
@@ -«n»,«nn» +«n»,«nn» @@ fn «w»|«w»!
+ match x { «n» | «nn» => !«w» }
type «W» = "«w»" | "«w»" | !«n»;
=== «w» || «w» !== «w»
-  «w»: str | None  # «w»!
+#define «W» («n»|«nn») // !
vec![«n»].iter().map(|v| !v) // «w»
-- SELECT «w» || '|' || «w» FROM «w» !
"""
REGEXES = """
^(«w»|«w»)!$
-?(«n»|«nn»)+!?
=~ /«w»|«w»!/
+(?:«w»|«w»)!«n»
@(«w»|«w»)!
[=+-@]|«w»!
(?!«w»)|(?<!«w»)
-[«w»|«w»]!
^=(«w»|'[^']*')!«n»$
\\b(«w»|«w»)\\b!?
s|«w»|«w»!|g
+«w»|-«w»|!«n»
=[^|]*\\|[^!]*!«w»
/«w»|«w»/i !~ «n»
.*|«w»{«n»,«nn»}!
--(«w»|«w»)=!?(«n»)
"""
KINDS = {
    "prices": PRICES, "phones": PHONES, "mail": MAIL, "markdown": MARKDOWN, "logs": LOGS,
    "shell": SHELL, "formulas": FORMULAS, "exports": EXPORTS, "chat": CHAT, "code": CODE,
    "regexes": REGEXES,
}


def fill(template, rng):
    digits = lambda count: str(rng.randint(10 ** (count - 1), 10 ** count - 1))
    makers = {
        "n": lambda: str(rng.randint(1, 99)), "nn": lambda: digits(2), "nnn": lambda: digits(3),
        "nnnn": lambda: digits(4), "w": lambda: rng.choice(WORDS),
        "W": lambda: rng.choice(WORDS).capitalize(), "N": lambda: rng.choice(NAMES),
        "C": lambda: rng.choice(CITIES), "t": lambda: rng.choice(TOOLS),
        "L": lambda: rng.choice(LEVELS), "T": lambda: rng.choice(TYPES),
        "F": lambda: rng.choice(FUNCTIONS),
        "ip": lambda: f"192.0.2.{rng.randint(1, 254)}",
        "date": lambda: f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "time": lambda: f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}",
    }
    return re.sub("«(\\w+)»", lambda match: makers[match[1]](), template)


def main():
    HERE.mkdir(exist_ok=True)
    rng, seen, total = random.Random(20261123), set(), 0
    for kind, templates in KINDS.items():
        lines = []
        for number, template in enumerate(templates.strip("\n").split("\n"), 1):
            made = []
            for _ in range(LINES * 20):
                line = fill(template, rng)
                if line not in seen and len(made) < LINES:
                    seen.add(line)
                    made.append(line)
            assert "\t" not in "".join(made) and len(made) >= 10, (kind, template, len(made))
            lines += [f"{kind}-{number:02}\t{line}\n" for line in made]
        (HERE / f"{kind}.txt").write_text("".join(lines), encoding="utf-8")
        total += len(lines)
        print(kind, len(lines))
    print(total)


if __name__ == "__main__":
    main()
