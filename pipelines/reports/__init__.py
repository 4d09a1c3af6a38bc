"""What people look at: recap workbooks, corrected workbooks, documents."""
