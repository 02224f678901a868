#!/usr/bin/env python3
"""Writes the documents of corpus/excel and corpus/benign that independent programs wrote: XlsxWriter
3.3, openpyxl 3.1, xlwt 1.3 and LibreOffice 7.4 (`soffice` on the path).

The documents are committed; run this only to add to them or to see how they were made. Each run
writes other dates and identifiers. `tests/writers.rs` says what each must yield.
"""
import datetime
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile

import openpyxl
import xlsxwriter
import xlwt
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink, ExternalSheetNames

ROOT = pathlib.Path(__file__).parents[2] / "corpus"
DATE = datetime.datetime(2026, 1, 2)

# It starts the calculator.
DDE = "cmd|'/c calc'!A0"
CALL = 'of:=DDE("cmd";"/c calc";"A0")'

SHEET = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.2"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body>
<office:spreadsheet><table:table table:name="Prices"><table:table-row><table:table-cell
 office:value-type="string"><text:p>Total</text:p></table:table-cell><table:table-cell
 table:formula="{}" office:value-type="float" office:value="0"/></table:table-row></table:table>
</office:spreadsheet></office:body></office:document>
"""

# Extension: the filter of LibreOffice that writes it.
FILTERS = {
    "ods": "calc8",
    "fods": "OpenDocument Spreadsheet Flat XML",
    "xlsx": "Calc MS Excel 2007 XML",
    "xls": "MS Excel 97",
    "xml": "MS Excel 2003 XML",
    "slk": "SYLK",
    "dif": "DIF",
    "html": "HTML (StarCalc)",
    # Commas, quotation marks, UTF-8; formulas in place of what the cells show.
    "csv": "Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,true",
}


def zipped():
    """`encrypted_zip` of the script beside this one."""
    path = pathlib.Path(__file__).with_name("make-libreoffice.py")
    spec = importlib.util.spec_from_file_location("libreoffice", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.encrypted_zip


ENCRYPTED = zipped()


def malicious(name, document, data):
    (ROOT / "excel" / f"{name}.zip").write_bytes(ENCRYPTED(document, data))


def convert(source, extension, folder):
    subprocess.run(
        ["soffice", "--headless", "--convert-to", f"{extension}:{FILTERS[extension]}",
         "--outdir", str(folder), str(source)],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
    )
    return (folder / source.name).with_suffix("." + extension).read_bytes()


def by_xlsxwriter(folder):
    path = folder / "w.xlsx"
    book = xlsxwriter.Workbook(path)
    book.set_properties({"author": "A. Example", "created": DATE})
    sheet = book.add_worksheet("Prices")
    sheet.write_formula("B4", "=" + DDE)
    book.close()
    malicious("xlsxwriter-formula", "sample.xlsx", path.read_bytes())

    book = xlsxwriter.Workbook(path)
    book.set_properties({"author": "A. Example", "created": DATE})
    sheet = book.add_worksheet("Prices")
    sheet.write_array_formula("B4:B5", "{=%s}" % DDE)
    book.define_name("Rate", "=" + DDE)
    sheet.conditional_format("B4:B9", {"type": "formula", "criteria": "=" + DDE})
    sheet.data_validation("C1", {"validate": "custom", "value": "=" + DDE})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Prices!$B$4:$B$9"})
    sheet.insert_chart("H2", chart)
    hidden = book.add_worksheet("Data")
    hidden.write_formula("A1", "=" + DDE)
    hidden.very_hidden()
    book.close()
    malicious("xlsxwriter-everywhere", "sample.xlsx", path.read_bytes())


def by_openpyxl(folder):
    path = folder / "o.xlsx"
    book = openpyxl.Workbook()
    book.properties.creator, book.properties.created = "A. Example", DATE
    sheet = book.active
    sheet.title = "Prices"
    sheet["B4"] = "=" + DDE
    book.save(path)
    malicious("openpyxl-formula", "sample.xlsx", path.read_bytes())

    book = openpyxl.Workbook()
    book.properties.creator, book.properties.created = "A. Example", DATE
    sheet = book.active
    sheet.title = "Prices"
    sheet["A1"] = "=[1]Sheet1!A1*1.19"
    sheet["A2"] = "3 for 2 | today only! buy"
    external = ExternalBook(sheetNames=ExternalSheetNames(sheetName=["Sheet1"]))
    link = ExternalLink(externalBook=external)
    link.file_link = Relationship(type="externalLinkPath", Target="rates.xlsx", TargetMode="External", Id="rId1")
    external.id = "rId1"
    book._external_links.append(link)
    book.save(ROOT / "benign" / "openpyxl-other-book.xlsx")


def by_xlwt():
    book = xlwt.Workbook()
    book.set_owner("A. Example")
    sheet = book.add_sheet("Prices")
    data = book.add_sheet("Data")
    data.visibility = 1
    for row in range(40):
        sheet.write(row, 0, f"{row} for 2 | today only! buy")
        sheet.write(row, 1, row * 1.5)
        sheet.write(row, 2, xlwt.Formula(f"B{row + 1}*1.19"))
        sheet.write(row, 3, xlwt.Formula(f'IF(B{row + 1}>10;"2017 | Happy New Year!";"5|6!A1")'))
        sheet.write(row, 4, xlwt.Formula(f"SUM(Data!A1:A{row + 1})"))
        data.write(row, 0, row)
    sheet.write(41, 0, xlwt.Formula('HYPERLINK("https://example.com/prices";"prices")'))
    sheet.write(42, 0, "=cmd is text here | and stays so!")
    book.save(str(ROOT / "benign" / "xlwt-prices.xls"))


def by_libreoffice(folder):
    out = folder / "out"
    out.mkdir()
    source = folder / "libreoffice.fods"
    source.write_text(SHEET.format(CALL.replace('"', "&quot;")))
    for extension in FILTERS:
        malicious(f"libreoffice-{extension}", f"sample.{extension}", convert(source, extension, out))
    prices = ROOT / "benign" / "prices.xlsx"
    for extension in FILTERS:
        # The filter for Excel 2003 gives up on this workbook.
        if extension not in ("xlsx", "fods", "xml"):
            data = convert(prices, extension, out)
            (ROOT / "benign" / f"libreoffice-prices.{extension}").write_bytes(data)


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        # A profile of its own: nothing of this user goes into the documents.
        os.environ["HOME"] = str(folder)
        by_xlsxwriter(folder)
        by_openpyxl(folder)
        by_xlwt()
        by_libreoffice(folder)


if __name__ == "__main__":
    sys.exit(main())
