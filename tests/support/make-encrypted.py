#!/usr/bin/env python3
"""Writes the documents of corpus/word and corpus/excel whose names begin with
"libreoffice-encrypted": the documents of make-libreoffice.py, saved by LibreOffice under a password.

Needs LibreOffice 7.4 (`soffice` on the path). Only a program of its own can give it a password, so
a macro in a new profile does the work. The documents are committed; run this only to add to them or
to see how they were made. Each run writes other salts.
"""
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
from xml.sax.saxutils import escape

FOLDER = pathlib.Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("made", FOLDER / "make-libreoffice.py")
made = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(made)

MACRO = """Sub StoreAs(source As String, target As String, filter As String, password As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  document = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  Dim how(1) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName" : how(0).Value = filter
  how(1).Name = "Password" : how(1).Value = password
  document.storeToURL(target, how())
  document.close(True)
  StarDesktop.terminate()
End Sub
"""
MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">{}</script:module>"""

def profile(folder):
    """A profile with the macro in it."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    soffice(profile, "--terminate_after_init")
    library = folder / "profile" / "user" / "basic" / "Standard"
    (library / "Module1.xba").write_text(MODULE.format(escape(MACRO)))
    return profile


def soffice(*arguments):
    subprocess.run(["soffice", "--headless", *arguments], check=True, timeout=120,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def save(profile, source, target, kind, password):
    call = f'macro:///Standard.Module1.StoreAs("{source.as_uri()}","{target.as_uri()}","{kind}","{password}")'
    soffice(profile, call)
    return target.read_bytes()


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        os.environ["HOME"] = str(folder)
        macro = profile(folder)
        field = folder / "field.docx"
        made.write_field(field)
        sheet = folder / "sheet.fods"
        sheet.write_text(made.SHEET)
        # The default password of Excel, and the one that senders of samples agree on.
        samples = (
            (made.HERE, field, "doc", "MS Word 97", "VelvetSweatshop"),
            (made.HERE, field, "doc", "MS Word 97", "infected"),
            (made.SHEETS, sheet, "xls", "MS Excel 97", "VelvetSweatshop"),
            (made.SHEETS, sheet, "xls", "MS Excel 97", "infected"),
        )
        for corpus, source, extension, kind, password in samples:
            target = folder / f"out.{extension}"
            data = save(macro, source, target, kind, password)
            how = "default" if password == "VelvetSweatshop" else password
            name = f"libreoffice-encrypted-{extension}-{how}.zip"
            (corpus / name).write_bytes(made.encrypted_zip(f"sample.{extension}", data))
            target.unlink()


if __name__ == "__main__":
    sys.exit(main())
