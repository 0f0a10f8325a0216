"""The formats: .xlsx, .ods, .docx, .odt, .pdf, each as plain grids and paragraphs. They look for nothing."""
