"""Documents on paper: one layout, drawn as a print page and as a Word file; the dossier of a case. 打印与导出"""
