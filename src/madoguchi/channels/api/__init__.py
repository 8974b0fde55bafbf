"""The public interface (公開API): what the city tells everybody, as data. It knows no resident and keeps nothing."""
