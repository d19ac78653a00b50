"""Settings of all property tests: a busy machine is not a failure."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "school_meal", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("school_meal")
