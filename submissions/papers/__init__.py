"""The form of what we write as documents and workbooks, and those about the plan or one underlag. Nothing is summed here."""
