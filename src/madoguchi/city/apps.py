from django.apps import AppConfig


class CityConfig(AppConfig):
    name = "madoguchi.city"
    label = "city"

    def ready(self) -> None:
        from madoguchi.city import sign_in  # the signals connect when it is imported

        assert sign_in
