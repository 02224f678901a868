#!/usr/bin/env python3
"""Writes the benign documents of corpus/benign with independent programs.

Needs python-docx 1.2, xlsxwriter 3.3 and LibreOffice 7.4. The documents are committed; run this
only to add to them or to see how they were made.
"""
import datetime
import pathlib
import shutil
import subprocess
import sys
import tempfile

import docx
import xlsxwriter
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

HERE = pathlib.Path(__file__).parents[2] / "corpus" / "benign"


def add_field(paragraph, instruction, result="1"):
    for kind, text in (("begin", None), (None, instruction), ("separate", None), ("t", result), ("end", None)):
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


def contract(path):
    document = docx.Document()
    document.core_properties.author = "A. Example"
    document.core_properties.created = datetime.datetime(2026, 1, 2)
    document.add_heading("Supply contract", 0)
    add_field(document.add_paragraph(), ' TOC \\o "1-3" \\h \\z \\u ', "Contents")
    for number in range(1, 6):
        document.add_heading(f"Section {number}", 1)
        document.add_paragraph("The supplier delivers | the buyer pays! See " * 20)
        add_field(document.add_paragraph("Figure "), " SEQ Figure \\* ARABIC ", str(number))
        add_field(document.add_paragraph("See "), " REF _Ref123 \\h ", "Section 1")
    add_field(document.add_paragraph("Write to "), ' HYPERLINK "mailto:office@example.com" ', "us")
    add_field(document.add_paragraph(), ' HYPERLINK \\l "_Toc1" ', "1")
    add_field(document.add_paragraph(), ' DATE \\@ "d MMMM yyyy" ', "2 January 2026")
    add_field(document.add_paragraph(), " FORMTEXT ", "name")
    add_field(document.add_paragraph(), ' MERGEFIELD "Company" \\* MERGEFORMAT ', "«Company»")
    add_field(document.add_paragraph(), ' IF 1 = 1 "yes" "no" ', "yes")
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).text = "=SUM(A1)"
    footer = document.sections[0].footer.paragraphs[0]
    add_field(footer, " PAGE ")
    add_field(footer, " NUMPAGES ")
    document.save(path)


def talks_about_dde(path):
    document = docx.Document()
    document.add_heading("How DDE attacks work", 0)
    document.add_paragraph("Older documents used a DDEAUTO field with a program as its first argument.")
    document.add_paragraph("In Excel a cell such as =cmd|' /C calc'!A0 was enough.")
    add_field(document.add_paragraph(), ' QUOTE "hello DDEAUTO world" ', "hello DDEAUTO world")
    add_field(document.add_paragraph(), " TITLE ", "DDEAUTO is a field")
    document.save(path)


def prices(path):
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    book.set_properties({"author": "A. Example", "created": datetime.datetime(2026, 1, 2)})
    sheet = book.add_worksheet("Prices")
    hidden = book.add_worksheet("Data")
    hidden.hide()
    for row in range(1, 60):
        sheet.write(row, 0, f"3 for {row} | today only! buy")
        sheet.write_number(row, 1, row * 1.5)
        sheet.write_formula(row, 2, f"=B{row + 1}*1.19")
        sheet.write_formula(row, 3, f'=IF(B{row + 1}>10,"2017 | Happy New Year!","5 | 6 = great!")')
        hidden.write_number(row, 0, row)
    sheet.write_formula("F1", "=SUM(Data!A1:A60)")
    sheet.write_formula("F2", '=_xlfn.XLOOKUP(3,Data!A1:A60,Data!A1:A60)')
    sheet.write_url("F3", "https://example.com/prices")
    sheet.write_string("F4", "+49 30 1234567 | office!")
    book.define_name("Rate", "=Prices!$B$2")
    sheet.conditional_format("B2:B60", {"type": "cell", "criteria": ">", "value": 5})
    sheet.data_validation("A1", {"validate": "list", "source": ["a", "b|c!d"]})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Prices!$B$2:$B$60"})
    sheet.insert_chart("H2", chart)
    book.close()


def through_libreoffice(source, target):
    with tempfile.TemporaryDirectory() as folder:
        extension = target.suffix[1:]
        subprocess.run(
            ["soffice", "--headless", "--convert-to", extension, "--outdir", folder, str(source)],
            check=True, stdout=subprocess.DEVNULL,
        )
        shutil.move(pathlib.Path(folder) / (source.stem + target.suffix), target)


def main():
    HERE.mkdir(exist_ok=True)
    contract(HERE / "contract.docx")
    talks_about_dde(HERE / "talks-about-dde.docx")
    prices(HERE / "prices.xlsx")
    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder) / "libreoffice.odt"
        through_libreoffice(HERE / "contract.docx", text)
        through_libreoffice(text, HERE / "libreoffice.docx")
        sheet = pathlib.Path(folder) / "libreoffice.ods"
        through_libreoffice(HERE / "prices.xlsx", sheet)
        through_libreoffice(sheet, HERE / "libreoffice.xlsx")


if __name__ == "__main__":
    sys.exit(main())
