"""Calls that a type checker is to accept, and calls that it is to refuse: those whose line ends in `# wrong`."""

# fmt: off
from __future__ import annotations

from pathlib import Path

import httpx
from phone_number_apis import fonedynamics, twilio, voximplant
from phone_number_apis.fonedynamics.api.number_blocks import purchase_number_block
from phone_number_apis.fonedynamics.models import PurchaseNumberBlockRequest, PurchaseNumberBlockResult
from phone_number_apis.twilio.types import UNSET
from phone_number_apis.voximplant.models import AttachPhoneNumberResult

# Clients
numbers = voximplant.Client(token="t", timeout=3, max_retries=0, proxy="http://localhost:1", verify=False)
voximplant.Client(credentials=Path("credentials.json"))
voximplant.Client(credentials={"account_id": 1})
voximplant.Client(token=1)  # wrong
voximplant.Client("t")  # wrong
voximplant.Client(tokn="t")  # wrong
twilio.Client.from_env(timeout=httpx.Timeout(5), headers={"X-A": "b"}, http_client=httpx.Client())
twilio.AsyncClient(auth=httpx.BasicAuth("a", "b"), transport=httpx.MockTransport(lambda _: httpx.Response(200)))
twilio.Client(timeout="3")  # wrong
add_ons = twilio.Client(account_sid="a", auth_token="b")
blocks = fonedynamics.Client(account_sid="a", token="b")

# Exactly one of two
one: AttachPhoneNumberResult = numbers.phone_numbers.attach(
    country_code="US", phone_category_name="local", phone_region_id=1, phone_count=1
)
numbers.phone_numbers.attach(
    country_code="US", phone_category_name="local", phone_region_id=1, phone_number=["+15552850126"]
)
numbers.phone_numbers.attach(country_code="US", phone_category_name="local", phone_region_id=1)  # wrong
numbers.phone_numbers.attach(country_code="US", phone_category_name="local", phone_region_id=1, phone_count=1, phone_number=["1"])  # wrong

# Names, types and what must be there
two: PurchaseNumberBlockResult = blocks.number_blocks.purchase(property_sid="p", number_block_sid="n", answer_point="a", preamble=2)
blocks.number_blocks.purchase(property_sid="p", number_block_sid="n", answer_point="a", active=UNSET, timeout=2)
blocks.number_blocks.purchase(property_sid="p", number_block_sid="n")  # wrong
blocks.number_blocks.purchase(property_sid="p", number_block_sid="n", answer_point="a", preamble=3)  # wrong
blocks.number_blocks.purchase(property_sid="p", number_block_sid="n", answer_point="a", active="yes")  # wrong
blocks.number_blocks.purchase(property_sid="p", number_block_sid="n", answer_point="a", diaplan="d")  # wrong
blocks.number_blocks.purchase("p", "n", "a")  # wrong
add_ons.assigned_add_ons.create(account_sid="a", resource_sid="p", installed_add_on_sid="x")
add_ons.assigned_add_ons.create(account_sid="a", resource_sid="p", installed_add_on_sid=None)  # wrong

# The functions below, and the client of another vendor
body = PurchaseNumberBlockRequest(answer_point="a")
purchase_number_block.sync("p", number_block_sid="n", client=blocks, body=body)
purchase_number_block.sync_detailed("p", number_block_sid="n", client=add_ons, body=body)  # wrong

with fonedynamics.Client(account_sid="a", token="b") as entered:
    entered.number_blocks.purchase(property_sid="p", number_block_sid="n", answer_point="a")
with fonedynamics.AsyncClient(account_sid="a", token="b"):  # wrong
    pass


async def calls() -> None:
    """What needs an event loop."""
    async with fonedynamics.Client(account_sid="a", token="b") as either:
        await purchase_number_block.asyncio("p", number_block_sid="n", client=either, body=body)
    async with fonedynamics.AsyncClient(account_sid="a", token="b") as client:
        await client.number_blocks.purchase(property_sid="p", number_block_sid="n", answer_point="a")
        await client.number_blocks.purchase(property_sid="p", number_block_sid="n", answer_point=1)  # wrong
        done = await purchase_number_block.asyncio_detailed("p", number_block_sid="n", client=client, body=body)
        print(done.status, done.headers, done.content, done.parsed)
    async with voximplant.AsyncClient(token="t") as other:
        await other.phone_numbers.attach(country_code="US", phone_category_name="local", phone_region_id=1)  # wrong
