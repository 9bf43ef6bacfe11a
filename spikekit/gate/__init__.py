"""Downstream of readiness and history: may this version go live, with the campaigns that are coming?"""
