"""プッシュ: the city says what people may have before they ask (使う・使わない). See README.md."""
