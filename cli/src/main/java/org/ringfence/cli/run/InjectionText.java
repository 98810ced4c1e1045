package org.ringfence.cli.run;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.stack.host.tdx.bringup.Call;
import org.ringfence.stack.host.tdx.bringup.Injection;

/** Which call is to fail, as a command line says it: {@code TDH.SYS.TDMR.INIT:3=TDX_SYS_BUSY}. */
public final class InjectionText {
    private static final Pattern INJECTION = Pattern.compile("([A-Z.]+):([1-9][0-9]{0,8})(?:=([A-Z0-9_]+))?");
    private static final String USUAL = "TDX_SYS_BUSY";

    private InjectionText() {}

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static Injection read(String text) {
        Matcher matcher = INJECTION.matcher(text);
        if (!matcher.matches()) {
            throw wrong(text, "is no failure");
        }
        Call call = Arrays.stream(Call.values())
                .filter(one -> one != Call.NONE && one.mnemonic().equals(matcher.group(1)))
                .findFirst()
                .orElseThrow(() -> wrong(text, "names no call of a bring-up"));
        String status = matcher.group(3) == null ? USUAL : matcher.group(3);
        try {
            return new Injection(call, Integer.parseInt(matcher.group(2)), Completion.named(status).rax());
        } catch (IllegalArgumentException unknown) {
            throw wrong(text, "names no failure: " + unknown.getMessage());
        }
    }

    private static IllegalArgumentException wrong(String text, String what) {
        String calls = Arrays.stream(Call.values())
                .filter(call -> call != Call.NONE)
                .map(Call::mnemonic)
                .collect(Collectors.joining(", "));
        return new IllegalArgumentException(
                "--inject: %s %s; allowed is CALL:NUMBER or CALL:NUMBER=STATUS, such as TDH.SYS.TDMR.INIT:3=%s; calls are %s"
                        .formatted(Quoted.of(text), what, USUAL, calls));
    }
}
