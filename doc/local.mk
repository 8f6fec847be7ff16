# Room: doc.
