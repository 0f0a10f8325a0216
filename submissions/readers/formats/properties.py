"""What a workbook says of itself beside its sheets: the properties that its own program shows and keeps."""

from submissions.readers.formats.zipped import Archive, attribute


def workbook_properties(archive: Archive, kind: str) -> dict[str, str]:
    """Return the properties that somebody has added, by name: of an .xlsx ("xlsx") or an .ods."""
    if kind == "xlsx":
        custom = archive.parse_if_there(archive.related("", "custom-properties", "docProps/custom.xml"))
        every = custom.iter("{*}property") if custom is not None else iter(())
        return {each.get("name") or "": "".join(str(text) for text in each.itertext()) for each in every}
    meta = archive.parse_if_there("meta.xml")
    every = meta.iter("{*}user-defined") if meta is not None else iter(())
    return {attribute(each, "name") or "": each.text or "" for each in every}
