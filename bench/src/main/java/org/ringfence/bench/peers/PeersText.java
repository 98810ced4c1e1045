package org.ringfence.bench.peers;

/** Prints one of the peers' models in Promela. */
public final class PeersText {
    private PeersText() {}

    /** {@code accept PAGES} or {@code rmp FRAMES PAGES}. */
    public static void main(String[] arguments) {
        int first = Integer.parseInt(arguments[1]);
        System.out.print(
                arguments[0].equals("accept")
                        ? PromelaModels.accept(first)
                        : PromelaModels.rmp(first, Integer.parseInt(arguments[2])));
    }
}
