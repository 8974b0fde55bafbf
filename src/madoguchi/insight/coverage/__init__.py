"""マイナンバーカードの交付状況: counted, hidden where few, shown, compared."""
