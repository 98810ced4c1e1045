package org.ringfence.bench.peers;

import java.util.StringJoiner;

/** The peers' models in Promela, for any size: one {@code d_step} an operation, as the operations here are atomic. */
final class PromelaModels {
    private PromelaModels() {}

    /** The model of {@link org.ringfence.bench.peers.accept.Guest} and its host. */
    static String accept(int pages) {
        StringBuilder text = new StringBuilder();
        text.append("#define PAGES ").append(pages).append('\n');
        text.append(
                """
                        #define FREE 0
                        #define PENDING 1
                        #define MAPPED 2
                        #define BLOCKED 3
                        #define JUNK 0
                        #define ZERO 1
                        #define SECRET 2
                        #define LOAD 0
                        #define ACCEPT 1
                        #define MARK 2
                        #define WRITE 3
                        #define READ 4
                        #define DONE 5
                        #define PANIC 6
                        byte state[PAGES], content[PAGES], frame[PAGES];
                        bool bit_of[PAGES];
                        byte used, at, page;
                        active proctype guest() {
                          do
                          :: d_step { at == LOAD -> if :: bit_of[page] -> at = WRITE :: else -> at = ACCEPT fi }
                          :: d_step { at == ACCEPT && state[page] == PENDING ->
                               state[page] = MAPPED; content[page] = ZERO; at = MARK }
                          :: d_step { at == ACCEPT && state[page] == MAPPED -> at = MARK }
                          :: d_step { at == MARK -> bit_of[page] = true; at = WRITE }
                          :: d_step { at == WRITE && state[page] == MAPPED -> content[page] = SECRET;
                               if :: page == PAGES - 1 -> page = 0; at = READ :: else -> page++; at = LOAD fi }
                          :: d_step { (at == WRITE || at == READ) && state[page] == PENDING -> at = PANIC }
                          :: d_step { at == READ && state[page] == MAPPED -> assert(content[page] == SECRET);
                               if :: page == PAGES - 1 -> page = 0; at = DONE :: else -> page++ fi }
                          od
                        }
                        active proctype host() {
                          do
                        """);
        for (int p = 0; p < pages; p++) {
            for (int f = 1; f <= pages + 1; f++) {
                text.append(
                        "  :: d_step { state[%1$d] == FREE && !(used & %3$d) -> state[%1$d] = PENDING; content[%1$d] = JUNK; frame[%1$d] = %2$d; used = used | %3$d; assert(%4$s) }\n"
                                .formatted(p, f, 1 << f, distinctFrames(pages)));
            }
            text.append("  :: d_step { state[%1$d] == PENDING || state[%1$d] == MAPPED -> state[%1$d] = BLOCKED }\n"
                    .formatted(p));
            text.append(
                    "  :: d_step { state[%1$d] == BLOCKED -> state[%1$d] = FREE; content[%1$d] = JUNK; used = used & ~(1 << frame[%1$d]); frame[%1$d] = 0 }\n"
                            .formatted(p));
        }
        for (int f = 1; f <= pages + 1; f++) {
            text.append("  :: d_step { !(used & %d) -> skip }\n".formatted(1 << f));
        }
        return text.append("  od\n}\n").toString();
    }

    private static String distinctFrames(int pages) {
        StringJoiner all = new StringJoiner(" && ");
        for (int a = 0; a < pages; a++) {
            for (int b = a + 1; b < pages; b++) {
                all.add("(frame[%1$d] == 0 || frame[%1$d] != frame[%2$d])".formatted(a, b));
            }
        }
        return all.toString();
    }

    /** The model of {@link org.ringfence.bench.peers.rmp.RmpModel}. */
    static String rmp(int frames, int pages) {
        StringBuilder text = new StringBuilder();
        text.append("byte owner[%d]; bit valid[%d]; byte mapped[%d]; bit validated[%d]; bit used[%d];\n"
                .formatted(frames, frames, pages, pages, frames * pages));
        text.append("active proctype machine() {\nend: do\n");
        for (int f = 0; f < frames; f++) {
            for (int p = 0; p < pages; p++) {
                String backed = "mapped[%d] == %d && owner[%d] == %d".formatted(p, f + 1, f, p + 1);
                text.append("  :: d_step { owner[%1$d] = %2$d; valid[%1$d] = 0 }\n".formatted(f, p + 1));
                text.append("  :: d_step { mapped[%d] = %d }\n".formatted(p, f + 1));
                text.append("  :: d_step { %s -> valid[%d] = 1; validated[%d] = 1 }\n".formatted(backed, f, p));
                text.append("  :: d_step { %s && valid[%d] -> used[%d] = 1 }\n".formatted(backed, f, p * frames + f));
            }
            text.append("  :: d_step { owner[%1$d] != 0 -> owner[%1$d] = 0; valid[%1$d] = 0 }\n".formatted(f));
        }
        return text.append("od\n}\n").toString();
    }
}
