import tarfile
import zipfile


def hand_in(path, data):
    path.write_bytes(data)
    with zipfile.ZipFile(path.parent / "more.zip", "w") as archive:
        archive.writestr("../../../escaped.txt", "x")
        archive.writestr("/tmp/escaped.txt", "x")
    with tarfile.open(path.parent / "more.tar", "w") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    for number in range(1000):
        (path.parent / f"{number}.txt").touch()
