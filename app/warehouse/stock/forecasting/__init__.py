"""Forecasts of demand by SKU and day, with what they may be wrong by."""

from app.warehouse.stock.forecasting.forecaster import Forecast, Forecaster, ForecastParams
from app.warehouse.stock.forecasting.measure import Measured, measure, measured_origins

__all__ = ["Forecast", "ForecastParams", "Forecaster", "Measured", "measure", "measured_origins"]
