"""Makes tests/support/zip_aes/*.zip with pyzipper 0.4.0, an independent writer of AES in zip.

    pip install pyzipper && python tests/support/make-zip-aes.py

Each archive holds one document of three parts with the link of the test tables.
"""

import io
import pathlib
import zipfile

import pyzipper

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/word/document.xml" ContentType="{TYPE}"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="a" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/document.xml": f'<w:document xmlns:w="{W}"><w:body><w:p><w:fldSimple w:instr="DDEAUTO '
    'c:\\\\windows\\\\system32\\\\cmd.exe &quot;/k calc.exe&quot;"/></w:p></w:body></w:document>',
}
FIXED = (2024, 1, 1, 0, 0, 0)


def document():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(zipfile.ZipInfo(name, FIXED), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def write(path, bits, version, method, password):
    with pyzipper.AESZipFile(path, "w", compression=method) as archive:
        archive.setpassword(password.encode())
        kwargs = {"nbits": bits, "force_wz_aes_version": version}
        archive.setencryption(pyzipper.WZ_AES, **kwargs)
        info = pyzipper.zipfile_aes.AESZipInfo("sample.docx", FIXED)
        info.compress_type = method
        archive.writestr(info, document())


def main():
    folder = pathlib.Path(__file__).parent / "zip_aes"
    folder.mkdir(exist_ok=True)
    for bits in (128, 192, 256):
        for version in (1, 2):
            for method, word in ((zipfile.ZIP_STORED, "stored"), (zipfile.ZIP_DEFLATED, "deflated")):
                write(folder / f"ae{version}-{bits}-{word}.zip", bits, version, method, "infected")
    write(folder / "given.zip", 256, 2, zipfile.ZIP_DEFLATED, "Pa55wörd")


if __name__ == "__main__":
    main()
