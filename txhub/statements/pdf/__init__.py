"""A statement on paper: PDF, drawn with reportlab. The same statement gives the same bytes."""

from io import BytesIO

from txhub.statements.domain.statement import Statement
from txhub.statements.pdf.blocks import blocks_of
from txhub.statements.pdf.flow import paginated
from txhub.statements.pdf.sheet import BOTTOM, LEFT, QUIET, RIGHT, TOP, Sheet
from txhub.statements.wording import KIND_NAMES, full_day, month_name


def statement_pdf(statement: Statement) -> bytes:
    account, period = statement.account, statement.period
    kind, month = KIND_NAMES[statement.kind], month_name(period.month)
    out = BytesIO()
    sheet = Sheet(
        out,
        title=f"{kind}, {month}, {account.masked_number}",
        subject=f"{full_day(period.first_day)} to {full_day(period.closing)}",
        dated=period.closing,
    )
    pages = paginated(blocks_of(statement), BOTTOM - TOP)
    foot = f"{kind}  ·  {month}  ·  {account.masked_number}"
    for number, blocks in enumerate(pages, start=1):
        _frame(sheet, foot, f"Page {number} of {len(pages)}")
        y = TOP
        for block in blocks:
            block.draw(sheet, y)
            y += block.height
        sheet.next_page()
    sheet.save()
    return out.getvalue()


def _frame(sheet: Sheet, foot: str, page: str) -> None:
    sheet.mark(LEFT, 40, 18)
    sheet.text(LEFT + 25, 53.5, "TxHub", size=12, strong=True)
    sheet.rule(BOTTOM + 16)
    sheet.text(LEFT, BOTTOM + 30, foot, size=8, colour=QUIET)
    sheet.text(RIGHT, BOTTOM + 30, page, size=8, colour=QUIET, to_right=True)
