"""Everything the city hands over on paper (帳票).

1. A sheet is defined once, as data (`definition_file` reads it, `definitions` holds it).
2. `boxes.fill` puts known facts into its boxes; each box remembers the fact, its source and its date.
3. `glyphs` checks every string against the font that will print it; what it lacks
   prints as 〓 and is listed.
4. `operations` sets sheets, the guide (受付案内票) and the confirmation (確認・署名票) as PDF.

The room knows no case: it takes values and gives paper back.
"""
