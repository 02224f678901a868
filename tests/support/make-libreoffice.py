#!/usr/bin/env python3
"""Writes the documents of corpus/word and corpus/excel whose names begin with "libreoffice": a link
of LibreOffice's own, a field of Word and a formula of a sheet, each through LibreOffice into every
format that keeps it, and into some that lose it.

Needs python-docx 1.2 and LibreOffice 7.4 (`soffice` on the path). The documents are committed; run
this only to add to them or to see how they were made. Each run writes other dates and identifiers.
"""
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

HERE = pathlib.Path(__file__).parents[2] / "corpus" / "word"
SHEETS = HERE.parent / "excel"

# A link in a paragraph and a linked section; the service is LibreOffice itself.
LINK = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"
 office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>
<text:dde-connection-decls><text:dde-connection-decl office:name="DDE1"
 office:dde-application="soffice" office:dde-topic="/home/example/prices.ods"
 office:dde-item="Sheet1.A1" office:automatic-update="true"/></text:dde-connection-decls>
<text:p>Price: <text:dde-connection text:connection-name="DDE1">12.50</text:dde-connection></text:p>
<text:section text:name="Section1"><office:dde-source office:name="S1"
 office:dde-application="soffice" office:dde-topic="/home/example/terms.odt"
 office:dde-item="Terms" office:automatic-update="true"/><text:p>Terms</text:p></text:section>
</office:text></office:body></office:document>
"""

# A formula that asks the calculator.
SHEET = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.2"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>
<table:table table:name="Prices"><table:table-row><table:table-cell/><table:table-cell
 table:formula="of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;A0&quot;)"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document>
"""

# What each format of the sheet is called, its filter, and whether it keeps the formula.
SHEET_FORMATS = (
    ("ods", "ods", True),
    ("ots", "ots", True),
    ("fods", "fods", True),
    ("xlsx", "xlsx", True),
    ("xls", "xls", True),
    ("slk", "slk", True),
    ("xml", "xml:MS Excel 2003 XML", True),
    # The tenth word asks for formulas.
    ("csv", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,true", True),
    ("dif", "dif", False),
    ("html", "html", False),
)

# It starts the calculator.
FIELD = ' DDEAUTO cmd "/c calc" '


def write_field(path):
    document = docx.Document()
    paragraph = document.add_paragraph("Total: ")
    for kind, text in (("begin", None), (None, FIELD), ("separate", None), ("t", "!"), ("end", None)):
        run = paragraph.add_run()
        if kind == "t":
            run.text = text
        elif kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = text
            run._r.append(element)
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)
    document.save(path)


def convert(source, extension, folder, to=None):
    subprocess.run(
        ["soffice", "--headless", "--convert-to", to or extension, "--outdir", str(folder), str(source)],
        check=True, stdout=subprocess.DEVNULL, timeout=120,
    )
    return (folder / source.name).with_suffix("." + extension).read_bytes()


def encrypted_zip(name, data, password=b"infected"):
    """One entry under ZipCrypto: the module of Python only reads it."""
    def crc(value, byte):
        return zlib.crc32(bytes([byte]), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte):
        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    checksum = zlib.crc32(data)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = bytes(11) + bytes([checksum >> 24]) + deflate.compress(data) + deflate.flush()
    coded = bytearray()
    for byte in plain:
        stream = (keys[2] | 2) & 0xFFFF
        coded.append(byte ^ ((stream * (stream ^ 1)) >> 8 & 0xFF))
        update(byte)
    raw = name.encode()
    # Version 2.0, encrypted, deflated, the first day of 1980.
    common = struct.pack("<HHHHHIIIHH", 20, 1, 8, 0, 0x21, checksum, len(coded), len(data), len(raw), 0)
    local = b"PK\3\4" + common + raw
    central = b"PK\1\2" + struct.pack("<H", 20) + common + bytes(14) + raw
    offset = len(local) + len(coded)
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), offset, 0)
    return local + bytes(coded) + central + end


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        # A profile of its own: nothing of this user goes into the documents.
        os.environ["HOME"] = str(folder)
        link = folder / "libreoffice-link.fodt"
        link.write_text(LINK)
        (folder / "out").mkdir()
        for extension in ("odt", "ott", "fodt", "txt", "html", "docx"):
            data = convert(link, extension, folder / "out")
            (HERE / f"libreoffice-link.{extension}").write_bytes(data)
        field = folder / "libreoffice-field.docx"
        write_field(field)
        for extension in ("docx", "doc", "rtf"):
            data = convert(field, extension, folder / "out")
            sample = encrypted_zip(f"sample.{extension}", data)
            (HERE / f"libreoffice-field-{extension}.zip").write_bytes(sample)
        for extension in ("txt", "html"):
            data = convert(field, extension, folder / "out")
            (HERE / f"libreoffice-field.{extension}").write_bytes(data)
        sheet = folder / "libreoffice-sheet.fods"
        sheet.write_text(SHEET)
        for extension, to, keeps in SHEET_FORMATS:
            data = convert(sheet, extension, folder / "out", to)
            if keeps:
                sample = encrypted_zip(f"sample.{extension}", data)
                (SHEETS / f"libreoffice-sheet-{extension}.zip").write_bytes(sample)
            else:
                (SHEETS / f"libreoffice-sheet.{extension}").write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
