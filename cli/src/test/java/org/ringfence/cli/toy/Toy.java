package org.ringfence.cli.toy;

import java.util.List;
import org.ringfence.checker.check.Registry;

/** The registry of toys. */
public final class Toy {
    private Toy() {}

    /** Options of a routine that needs two pages. */
    public record Pair(int looks) {}

    /** Two platforms, one without drawers, and four routines. */
    public static Registry registry() {
        return new Registry(
                List.of(new ToyPlatform("desk", true), new ToyPlatform("table", false)),
                List.of(
                        Registry.Entry.of(
                                "keep-letter",
                                new KeepLetter(0, KeepLetter.OnLoss.SHRUG, 1, true, ""),
                                "puts a letter into a drawer and looks for it"),
                        Registry.Entry.of("look-forever", new LookForever(), "looks in an endless loop"),
                        new Registry.Entry(
                                "pair",
                                new Pair(1),
                                (options, geometry) -> {
                                    if (geometry.pages() < 2) {
                                        throw new IllegalArgumentException("it needs two pages");
                                    }
                                    return new KeepLetter(
                                            0x1000, KeepLetter.OnLoss.SHRUG, ((Pair) options).looks(), true, "");
                                },
                                "uses the second drawer")));
    }
}
