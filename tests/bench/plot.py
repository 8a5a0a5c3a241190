"""The slow-down of every work as bars, one SVG without anything from outside."""

import math

import figures
import works

WIDTH, LEFT, RIGHT, ROW, BAR = 860, 120, 70, 22, 8
SIDES = {"qemu": ("QEMU", "#a8a8b4"), "duet": ("duet", "#2f6fb2")}


class Scale:
    """Factors to places, by logarithm, in whole powers of ten."""

    def __init__(self, factors):
        self.low = 10 ** math.floor(math.log10(min([*factors, 0.99])))
        self.high = 10 ** math.ceil(math.log10(max([*factors, 10])))

    def x(self, factor):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log10(factor / self.low) / math.log10(self.high / self.low)

    def ticks(self):
        tick = self.low
        while tick <= self.high * 1.001:
            yield tick
            tick *= 10


def svg(results):
    """The picture as text, of the groups with a target; nothing when there is nothing to show."""
    groups = {}
    for group, runs in results["works"].items():
        rows = {name: row for name, row in figures.slowdowns(runs).items() if row}
        if rows and works.GROUPS[group][1]:
            groups[group] = [*rows.items(), ("mean", figures.means(runs))]
    factors = [factor for rows in groups.values() for _, row in rows for factor in row.values()]
    if not factors:
        return None
    scale = Scale(factors)
    height = 70 + ROW * sum(len(rows) + 1 for rows in groups.values()) + 20
    out = _head(scale, height, results["about"])
    y = 60
    for group, rows in groups.items():
        y += ROW
        out.append(f'<text x="16" y="{y - 6}" font-weight="bold">{works.GROUPS[group][0]}</text>')
        for name, row in rows:
            out += _row(scale, y, name, row)
            y += ROW
    return "\n".join([*out, "</svg>"]) + "\n"


def _head(scale, height, about):
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
           'font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
           f'<text x="16" y="24" font-size="15">Time taken, native = 1 (less is better; {about["date"]})</text>']
    for number, (label, colour) in enumerate(SIDES.values()):
        x = WIDTH - 190 + 90 * number
        out.append(f'<rect x="{x}" y="14" width="12" height="12" fill="{colour}"/><text x="{x + 18}" y="24">{label}</text>')
    for tick in scale.ticks():
        colour = "#404040" if abs(tick - 1) < 1e-9 else "#e0e0e0"
        x = scale.x(tick)
        out.append(f'<line x1="{x:.1f}" y1="50" x2="{x:.1f}" y2="{height - 20}" stroke="{colour}"/>'
                   f'<text x="{x:.1f}" y="45" text-anchor="middle">{tick:g}</text>')
    return out


def _short(factor):
    return f"{factor:.0f}" if factor >= 100 else f"{factor:.3g}"


def _row(scale, y, name, row):
    weight = ' font-weight="bold"' if name == "mean" else ""
    out = [f'<text x="{LEFT - 6}" y="{y + 13}" text-anchor="end"{weight}>{name}</text>']
    for number, (side, (_, colour)) in enumerate(SIDES.items()):
        if side not in row:
            continue
        begin, end = sorted((scale.x(1), scale.x(row[side])))
        top = y + 2 + number * (BAR + 1)
        out.append(f'<rect x="{begin:.1f}" y="{top}" width="{max(1, end - begin):.1f}" height="{BAR}" fill="{colour}"/>'
                   f'<text x="{end + 4:.1f}" y="{top + 8}" font-size="9">{_short(row[side])}</text>')
    return out
