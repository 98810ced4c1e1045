package org.ringfence.cli.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Stands in for Ringfence in a jar of its own: does what its first argument says. */
public final class Stub {
    private Stub() {}

    /** {@code exit STATUS}, {@code echo WORDS}, {@code cat}, {@code sleep}, or {@code throw}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        switch (arguments[0]) {
            case "exit" -> {
                int status = Integer.parseInt(arguments[1]);
                System.exit(status == 1 ? Integer.getInteger("ringfence.unmet", 1) : status);
            }
            case "cat" -> System.out.print(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
            case "sleep" -> {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    System.out.println("asked to end");
                    System.out.flush();
                    Runtime.getRuntime().halt(3);
                }));
                System.out.println("asleep");
                System.out.flush();
                Thread.sleep(60_000);
            }
            case "throw" -> throw new IllegalStateException("on purpose");
            default -> System.out.println(String.join(" ", arguments));
        }
    }
}
