#!/usr/bin/env python3
"""Writes the documents of corpus/word, corpus/excel and corpus/benign whose names begin with
"encrypted": Office Open XML that msoffcrypto-tool and LibreOffice encrypted, each with a password.

Needs python-docx 1.2, XlsxWriter 3.3, msoffcrypto-tool 6.1 and LibreOffice 7.4 (`soffice` on the
path). The documents are committed; run this only to add to them or to see how they were made. Each
run writes other keys, dates and identifiers. `tests/encrypted.rs` says what each must yield.
"""
import datetime
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile

import docx
import olefile
import xlsxwriter

ROOT = pathlib.Path(__file__).parents[2] / "corpus"
DATE = datetime.datetime(2026, 1, 2)
# It starts the calculator.
DDE = "cmd|'/c calc'!A0"

# LibreOffice takes the password of what it writes from a program only.
MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub Encrypt(source As String, target As String, filter As String, password As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  Dim how(1) As New com.sun.star.beans.PropertyValue
  Dim key(1) As New com.sun.star.beans.NamedValue
  Dim document As Object
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  document = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  how(0).Name = "FilterName"
  how(0).Value = filter
  key(0).Name = "OOXPassword"
  key(0).Value = password
  key(1).Name = "CryptoType"
  key(1).Value = "StrongEncryptionDataSpace"
  how(1).Name = "EncryptionData"
  how(1).Value = CreateUnoValue("[]com.sun.star.beans.NamedValue", key())
  document.storeToURL(target, how())
  document.close(True)
End Sub
</script:module>
"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Module1"/>
</library:library>
"""
LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library"
 xmlns:xlink="http://www.w3.org/1999/xlink">
 <library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/"
  xlink:type="simple" library:link="false"/>
</library:libraries>
"""


def beside(name):
    """The script of this name beside this one."""
    path = pathlib.Path(__file__).with_name(name + ".py")
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def workbook(path, formula):
    book = xlsxwriter.Workbook(path)
    book.set_properties({"created": DATE})
    sheet = book.add_worksheet("Prices")
    sheet.write("A1", "Total")
    sheet.write_formula("B4", formula)
    book.close()


def letter(path):
    document = docx.Document()
    document.add_paragraph("The price list is in the other letter.")
    document.core_properties.created = DATE
    document.save(path)


def by_msoffcrypto(source, target, password):
    """Agile encryption: AES-256, SHA-512, 100,000 rounds."""
    subprocess.run(["msoffcrypto-tool", "-e", "-p", password, source, target], check=True)


class Office:
    """LibreOffice with a profile of its own: nothing of this user goes into the documents."""

    def __init__(self, folder):
        self.profile = folder / "profile"
        basic = self.profile / "user" / "basic"
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{self.profile}", "--headless", "--terminate_after_init"],
            check=True,
            capture_output=True,
        )
        (basic / "Standard").mkdir(parents=True, exist_ok=True)
        (basic / "Standard" / "Module1.xba").write_text(MACRO)
        (basic / "Standard" / "script.xlb").write_text(LIBRARY)
        (basic / "script.xlc").write_text(LIBRARIES)

    def encrypt(self, source, target, filter_name, password):
        call = f'"file://{source}","file://{target}","{filter_name}","{password}"'
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{self.profile}",
                "--headless",
                f"macro:///Standard.Module1.Encrypt({call})",
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )


def scheme(path):
    with olefile.OleFileIO(path) as file:
        info = file.openstream("EncryptionInfo").read()
    return f"{info[0]}.{info[2]}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        os.environ["HOME"] = str(folder)
        plain = {
            "docx": folder / "sample.docx",
            "xlsx": folder / "sample.xlsx",
            "letter": folder / "letter.docx",
            "sum": folder / "sum.xlsx",
        }
        beside("make-libreoffice").write_field(plain["docx"])
        workbook(plain["xlsx"], "=" + DDE)
        letter(plain["letter"])
        workbook(plain["sum"], "=1+2")
        zipped = beside("make-libreoffice").encrypted_zip
        office = Office(folder)
        default, given, unknown = "VelvetSweatshop", "let me in", "nobody knows this one"
        for kind, place, password, name in (
            ("xlsx", "excel", default, "default-xlsx"),
            ("docx", "word", default, "default-docx"),
            ("docx", "word", given, "given-docx"),
            ("xlsx", "excel", unknown, "unknown-xlsx"),
            ("letter", "benign", default, "default-letter"),
            ("sum", "benign", default, "default-sum"),
        ):
            extension = plain[kind].suffix
            writer_filter = "MS Word 2007 XML" if extension == ".docx" else "Calc MS Excel 2007 XML"
            for maker in ("msoffcrypto", "libreoffice"):
                target = folder / f"encrypted-{maker}-{name}{extension}"
                if maker == "msoffcrypto":
                    by_msoffcrypto(plain[kind], target, password)
                else:
                    office.encrypt(plain[kind], target, writer_filter, password)
                print(target.name, scheme(target), target.stat().st_size)
                if place == "benign":
                    (ROOT / place / target.name).write_bytes(target.read_bytes())
                else:
                    sample = zipped(f"sample{extension}", target.read_bytes())
                    (ROOT / place / f"{target.stem}.zip").write_bytes(sample)


if __name__ == "__main__":
    sys.exit(main())
