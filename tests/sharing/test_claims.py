"""Claims on defaulted balances: who holds them before charge-off and after it."""

from sim.sharing.claims import ClaimBook


def book(order="pari_passu"):
    claims = ClaimBook(order)
    claims.assign({"lender": 200, "guarantee_fund": 800})
    return claims


def held(stocks):
    return {name: amount for name, amount in stocks.items() if amount}


def test_a_charge_off_hits_every_holder_alike_whatever_the_order_of_recoveries():
    for order in ("pari_passu", "senior", "guarantor_first"):
        claims = book(order)
        assert held(claims.write_off(500)) == {"lender": 100, "guarantee_fund": 400}
        assert held(claims.live) == held(claims.written_off) == {"lender": 100, "guarantee_fund": 400}


def test_recoveries_follow_the_order_of_the_contract():
    assert held(book("pari_passu").recover(300)) == {"lender": 60, "guarantee_fund": 240}
    assert held(book("senior").recover(300)) == {"lender": 200, "guarantee_fund": 100}
    assert held(book("guarantor_first").recover(300)) == {"guarantee_fund": 300}


def test_an_unpaid_claim_moves_live_before_charged_off():
    claims = book()
    claims.write_off(900)
    assert claims.transfer("guarantee_fund", "lender", 100) == 20, "80 of the fund's claim were still live"
    assert held(claims.live) == {"lender": 100}
    assert held(claims.written_off) == {"lender": 200, "guarantee_fund": 700}
    assert claims.outstanding == 1000


def test_what_is_abandoned_is_gone():
    claims = book()
    claims.write_off(1000)
    claims.recover_written_off(100)
    claims.abandon(900)
    assert claims.outstanding == 0
