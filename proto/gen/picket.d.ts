import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace picket. */
export namespace picket {

    /**
     * Properties of an Envelope.
     * @deprecated Use picket.Envelope.$Properties instead.
     */
    interface IEnvelope extends picket.Envelope.$Properties {
    }

    /** Represents an Envelope. */
    class Envelope {

        /**
         * Constructs a new Envelope.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Envelope.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Envelope hello. */
        hello?: (picket.Hello.$Properties|null);

        /** Envelope welcome. */
        welcome?: (picket.Welcome.$Properties|null);

        /** Envelope durable. */
        durable?: (picket.Durable.$Properties|null);

        /** Envelope ack. */
        ack?: (picket.Ack.$Properties|null);

        /** Envelope request. */
        request?: (picket.Request.$Properties|null);

        /** Envelope response. */
        response?: (picket.Response.$Properties|null);

        /** Envelope credit. */
        credit?: (picket.Credit.$Properties|null);

        /** Envelope clockQuestion. */
        clockQuestion?: (picket.ClockQuestion.$Properties|null);

        /** Envelope clockAnswer. */
        clockAnswer?: (picket.ClockAnswer.$Properties|null);

        /** Envelope body. */
        body?: ("hello"|"welcome"|"durable"|"ack"|"request"|"response"|"credit"|"clockQuestion"|"clockAnswer");

        /**
         * Encodes the specified Envelope message. Does not implicitly {@link picket.Envelope.verify|verify} messages.
         * @param message Envelope message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Envelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Envelope message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Envelope & picket.Envelope.$Shape} Envelope
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Envelope & picket.Envelope.$Shape;
    }

    namespace Envelope {

        /** Properties of an Envelope. */
        interface $Properties {

            /** Envelope hello */
            hello?: (picket.Hello.$Properties|null);

            /** Envelope welcome */
            welcome?: (picket.Welcome.$Properties|null);

            /** Envelope durable */
            durable?: (picket.Durable.$Properties|null);

            /** Envelope ack */
            ack?: (picket.Ack.$Properties|null);

            /** Envelope request */
            request?: (picket.Request.$Properties|null);

            /** Envelope response */
            response?: (picket.Response.$Properties|null);

            /** Envelope credit */
            credit?: (picket.Credit.$Properties|null);

            /** Envelope clockQuestion */
            clockQuestion?: (picket.ClockQuestion.$Properties|null);

            /** Envelope clockAnswer */
            clockAnswer?: (picket.ClockAnswer.$Properties|null);

            /** Envelope body */
            body?: ("hello"|"welcome"|"durable"|"ack"|"request"|"response"|"credit"|"clockQuestion"|"clockAnswer");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of an Envelope. */
        type $Shape = {
          hello?: picket.Hello.$Shape|null;
          welcome?: picket.Welcome.$Shape|null;
          durable?: picket.Durable.$Shape|null;
          ack?: picket.Ack.$Shape|null;
          request?: picket.Request.$Shape|null;
          response?: picket.Response.$Shape|null;
          credit?: picket.Credit.$Shape|null;
          clockQuestion?: picket.ClockQuestion.$Shape|null;
          clockAnswer?: picket.ClockAnswer.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ body?: undefined; hello?: null; welcome?: null; durable?: null; ack?: null; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "hello"; hello: picket.Hello.$Shape; welcome?: null; durable?: null; ack?: null; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "welcome"; hello?: null; welcome: picket.Welcome.$Shape; durable?: null; ack?: null; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "durable"; hello?: null; welcome?: null; durable: picket.Durable.$Shape; ack?: null; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "ack"; hello?: null; welcome?: null; durable?: null; ack: picket.Ack.$Shape; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "request"; hello?: null; welcome?: null; durable?: null; ack?: null; request: picket.Request.$Shape; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "response"; hello?: null; welcome?: null; durable?: null; ack?: null; request?: null; response: picket.Response.$Shape; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "credit"; hello?: null; welcome?: null; durable?: null; ack?: null; request?: null; response?: null; credit: picket.Credit.$Shape; clockQuestion?: null; clockAnswer?: null }|{ body?: "clockQuestion"; hello?: null; welcome?: null; durable?: null; ack?: null; request?: null; response?: null; credit?: null; clockQuestion: picket.ClockQuestion.$Shape; clockAnswer?: null }|{ body?: "clockAnswer"; hello?: null; welcome?: null; durable?: null; ack?: null; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer: picket.ClockAnswer.$Shape })
        );
    }

    /**
     * Properties of a Hello.
     * @deprecated Use picket.Hello.$Properties instead.
     */
    interface IHello extends picket.Hello.$Properties {
    }

    /** Represents a Hello. */
    class Hello {

        /**
         * Constructs a new Hello.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Hello.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Hello versionMin. */
        versionMin: number;

        /** Hello versionMax. */
        versionMax: number;

        /** Hello site. */
        site: string;

        /** Hello name. */
        name: string;

        /** Hello software. */
        software: string;

        /** Hello stream. */
        stream: Uint8Array;

        /** Hello replay. */
        replay: boolean;

        /**
         * Encodes the specified Hello message. Does not implicitly {@link picket.Hello.verify|verify} messages.
         * @param message Hello message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Hello message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Hello & picket.Hello.$Shape} Hello
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Hello & picket.Hello.$Shape;
    }

    namespace Hello {

        /** Properties of a Hello. */
        interface $Properties {

            /** Hello versionMin */
            versionMin?: (number|null);

            /** Hello versionMax */
            versionMax?: (number|null);

            /** Hello site */
            site?: (string|null);

            /** Hello name */
            name?: (string|null);

            /** Hello software */
            software?: (string|null);

            /** Hello stream */
            stream?: (Uint8Array|null);

            /** Hello replay */
            replay?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Hello. */
        type $Shape = picket.Hello.$Properties;
    }

    /**
     * Properties of a Welcome.
     * @deprecated Use picket.Welcome.$Properties instead.
     */
    interface IWelcome extends picket.Welcome.$Properties {
    }

    /** Represents a Welcome. */
    class Welcome {

        /**
         * Constructs a new Welcome.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Welcome.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Welcome version. */
        version: number;

        /** Welcome seed. */
        seed: Uint8Array;

        /** Welcome received. */
        received: picket.Interval.$Properties[];

        /** Welcome credit. */
        credit?: (picket.Credit.$Properties|null);

        /**
         * Encodes the specified Welcome message. Does not implicitly {@link picket.Welcome.verify|verify} messages.
         * @param message Welcome message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Welcome message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Welcome & picket.Welcome.$Shape} Welcome
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Welcome & picket.Welcome.$Shape;
    }

    namespace Welcome {

        /** Properties of a Welcome. */
        interface $Properties {

            /** Welcome version */
            version?: (number|null);

            /** Welcome seed */
            seed?: (Uint8Array|null);

            /** Welcome received */
            received?: (picket.Interval.$Properties[]|null);

            /** Welcome credit */
            credit?: (picket.Credit.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Welcome. */
        type $Shape = picket.Welcome.$Properties;
    }

    /**
     * Properties of a Credit.
     * @deprecated Use picket.Credit.$Properties instead.
     */
    interface ICredit extends picket.Credit.$Properties {
    }

    /** Represents a Credit. */
    class Credit {

        /**
         * Constructs a new Credit.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Credit.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Credit messages. */
        messages: number;

        /** Credit bytes. */
        bytes: number;

        /**
         * Encodes the specified Credit message. Does not implicitly {@link picket.Credit.verify|verify} messages.
         * @param message Credit message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Credit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Credit message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Credit & picket.Credit.$Shape} Credit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Credit & picket.Credit.$Shape;
    }

    namespace Credit {

        /** Properties of a Credit. */
        interface $Properties {

            /** Credit messages */
            messages?: (number|null);

            /** Credit bytes */
            bytes?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Credit. */
        type $Shape = picket.Credit.$Properties;
    }

    /**
     * Properties of an Interval.
     * @deprecated Use picket.Interval.$Properties instead.
     */
    interface IInterval extends picket.Interval.$Properties {
    }

    /** Represents an Interval. */
    class Interval {

        /**
         * Constructs a new Interval.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Interval.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Interval first. */
        first: number;

        /** Interval last. */
        last: number;

        /**
         * Encodes the specified Interval message. Does not implicitly {@link picket.Interval.verify|verify} messages.
         * @param message Interval message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Interval.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Interval message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Interval & picket.Interval.$Shape} Interval
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Interval & picket.Interval.$Shape;
    }

    namespace Interval {

        /** Properties of an Interval. */
        interface $Properties {

            /** Interval first */
            first?: (number|null);

            /** Interval last */
            last?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Interval. */
        type $Shape = picket.Interval.$Properties;
    }

    /**
     * Properties of a Durable.
     * @deprecated Use picket.Durable.$Properties instead.
     */
    interface IDurable extends picket.Durable.$Properties {
    }

    /** Represents a Durable. */
    class Durable {

        /**
         * Constructs a new Durable.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Durable.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Durable stream. */
        stream: Uint8Array;

        /** Durable seq. */
        seq: number;

        /** Durable kind. */
        kind: number;

        /** Durable bytes. */
        bytes: Uint8Array;

        /** Durable inflated. */
        inflated: number;

        /**
         * Encodes the specified Durable message. Does not implicitly {@link picket.Durable.verify|verify} messages.
         * @param message Durable message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Durable.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Durable message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Durable & picket.Durable.$Shape} Durable
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Durable & picket.Durable.$Shape;
    }

    namespace Durable {

        /** Properties of a Durable. */
        interface $Properties {

            /** Durable stream */
            stream?: (Uint8Array|null);

            /** Durable seq */
            seq?: (number|null);

            /** Durable kind */
            kind?: (number|null);

            /** Durable bytes */
            bytes?: (Uint8Array|null);

            /** Durable inflated */
            inflated?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Durable. */
        type $Shape = picket.Durable.$Properties;
    }

    /**
     * Properties of an Ack.
     * @deprecated Use picket.Ack.$Properties instead.
     */
    interface IAck extends picket.Ack.$Properties {
    }

    /** Represents an Ack. */
    class Ack {

        /**
         * Constructs a new Ack.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Ack.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Ack stream. */
        stream: Uint8Array;

        /** Ack received. */
        received: picket.Interval.$Properties[];

        /**
         * Encodes the specified Ack message. Does not implicitly {@link picket.Ack.verify|verify} messages.
         * @param message Ack message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Ack.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Ack message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Ack & picket.Ack.$Shape} Ack
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Ack & picket.Ack.$Shape;
    }

    namespace Ack {

        /** Properties of an Ack. */
        interface $Properties {

            /** Ack stream */
            stream?: (Uint8Array|null);

            /** Ack received */
            received?: (picket.Interval.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Ack. */
        type $Shape = picket.Ack.$Properties;
    }

    /**
     * Properties of a Request.
     * @deprecated Use picket.Request.$Properties instead.
     */
    interface IRequest extends picket.Request.$Properties {
    }

    /** Represents a Request. */
    class Request {

        /**
         * Constructs a new Request.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Request.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Request id. */
        id: Uint8Array;

        /** Request kind. */
        kind: number;

        /** Request deadline. */
        deadline: number;

        /** Request bytes. */
        bytes: Uint8Array;

        /** Request have. */
        have: number;

        /**
         * Encodes the specified Request message. Does not implicitly {@link picket.Request.verify|verify} messages.
         * @param message Request message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Request.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Request message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Request & picket.Request.$Shape} Request
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Request & picket.Request.$Shape;
    }

    namespace Request {

        /** Properties of a Request. */
        interface $Properties {

            /** Request id */
            id?: (Uint8Array|null);

            /** Request kind */
            kind?: (number|null);

            /** Request deadline */
            deadline?: (number|null);

            /** Request bytes */
            bytes?: (Uint8Array|null);

            /** Request have */
            have?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Request. */
        type $Shape = picket.Request.$Properties;
    }

    /**
     * Properties of a Response.
     * @deprecated Use picket.Response.$Properties instead.
     */
    interface IResponse extends picket.Response.$Properties {
    }

    /** Represents a Response. */
    class Response {

        /**
         * Constructs a new Response.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Response.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Response id. */
        id: Uint8Array;

        /** Response state. */
        state: picket.Response.State;

        /** Response code. */
        code: string;

        /** Response bytes. */
        bytes: Uint8Array;

        /** Response index. */
        index: number;

        /**
         * Encodes the specified Response message. Does not implicitly {@link picket.Response.verify|verify} messages.
         * @param message Response message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Response.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Response message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Response & picket.Response.$Shape} Response
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Response & picket.Response.$Shape;
    }

    namespace Response {

        /** Properties of a Response. */
        interface $Properties {

            /** Response id */
            id?: (Uint8Array|null);

            /** Response state */
            state?: (picket.Response.State|null);

            /** Response code */
            code?: (string|null);

            /** Response bytes */
            bytes?: (Uint8Array|null);

            /** Response index */
            index?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Response. */
        type $Shape = picket.Response.$Properties;

        /** State enum. */
        enum State {

            /** UNKNOWN value */
            UNKNOWN = 0,

            /** DONE value */
            DONE = 1,

            /** PART value */
            PART = 2,

            /** REFUSED value */
            REFUSED = 3,

            /** FAILED value */
            FAILED = 4
        }
    }

    /**
     * Properties of a ClockQuestion.
     * @deprecated Use picket.ClockQuestion.$Properties instead.
     */
    interface IClockQuestion extends picket.ClockQuestion.$Properties {
    }

    /** Represents a ClockQuestion. */
    class ClockQuestion {

        /**
         * Constructs a new ClockQuestion.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.ClockQuestion.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ClockQuestion asked. */
        asked: number;

        /** ClockQuestion offset. */
        offset: number;

        /** ClockQuestion uncertainty. */
        uncertainty: number;

        /**
         * Encodes the specified ClockQuestion message. Does not implicitly {@link picket.ClockQuestion.verify|verify} messages.
         * @param message ClockQuestion message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.ClockQuestion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ClockQuestion message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.ClockQuestion & picket.ClockQuestion.$Shape} ClockQuestion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.ClockQuestion & picket.ClockQuestion.$Shape;
    }

    namespace ClockQuestion {

        /** Properties of a ClockQuestion. */
        interface $Properties {

            /** ClockQuestion asked */
            asked?: (number|null);

            /** ClockQuestion offset */
            offset?: (number|null);

            /** ClockQuestion uncertainty */
            uncertainty?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ClockQuestion. */
        type $Shape = picket.ClockQuestion.$Properties;
    }

    /**
     * Properties of a ClockAnswer.
     * @deprecated Use picket.ClockAnswer.$Properties instead.
     */
    interface IClockAnswer extends picket.ClockAnswer.$Properties {
    }

    /** Represents a ClockAnswer. */
    class ClockAnswer {

        /**
         * Constructs a new ClockAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.ClockAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ClockAnswer asked. */
        asked: number;

        /** ClockAnswer received. */
        received: number;

        /** ClockAnswer answered. */
        answered: number;

        /**
         * Encodes the specified ClockAnswer message. Does not implicitly {@link picket.ClockAnswer.verify|verify} messages.
         * @param message ClockAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.ClockAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ClockAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.ClockAnswer & picket.ClockAnswer.$Shape} ClockAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.ClockAnswer & picket.ClockAnswer.$Shape;
    }

    namespace ClockAnswer {

        /** Properties of a ClockAnswer. */
        interface $Properties {

            /** ClockAnswer asked */
            asked?: (number|null);

            /** ClockAnswer received */
            received?: (number|null);

            /** ClockAnswer answered */
            answered?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ClockAnswer. */
        type $Shape = picket.ClockAnswer.$Properties;
    }

    /**
     * Properties of a Part.
     * @deprecated Use picket.Part.$Properties instead.
     */
    interface IPart extends picket.Part.$Properties {
    }

    /** Represents a Part. */
    class Part {

        /**
         * Constructs a new Part.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Part.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Part tap. */
        tap: string;

        /** Part start. */
        start: number;

        /** Part seconds. */
        seconds: number;

        /** Part coveredFrom. */
        coveredFrom: number;

        /** Part coveredTo. */
        coveredTo: number;

        /** Part packets. */
        packets: number;

        /** Part octets. */
        octets: number;

        /** Part loss. */
        loss?: (picket.Loss.$Properties|null);

        /** Part sections. */
        sections: picket.Section.$Properties[];

        /** Part windowSeconds. */
        windowSeconds: number;

        /**
         * Encodes the specified Part message. Does not implicitly {@link picket.Part.verify|verify} messages.
         * @param message Part message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Part.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Part message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Part & picket.Part.$Shape} Part
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Part & picket.Part.$Shape;
    }

    namespace Part {

        /** Properties of a Part. */
        interface $Properties {

            /** Part tap */
            tap?: (string|null);

            /** Part start */
            start?: (number|null);

            /** Part seconds */
            seconds?: (number|null);

            /** Part coveredFrom */
            coveredFrom?: (number|null);

            /** Part coveredTo */
            coveredTo?: (number|null);

            /** Part packets */
            packets?: (number|null);

            /** Part octets */
            octets?: (number|null);

            /** Part loss */
            loss?: (picket.Loss.$Properties|null);

            /** Part sections */
            sections?: (picket.Section.$Properties[]|null);

            /** Part windowSeconds */
            windowSeconds?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Part. */
        type $Shape = picket.Part.$Properties;
    }

    /**
     * Properties of a Loss.
     * @deprecated Use picket.Loss.$Properties instead.
     */
    interface ILoss extends picket.Loss.$Properties {
    }

    /** Represents a Loss. */
    class Loss {

        /**
         * Constructs a new Loss.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Loss.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Loss kernel. */
        kernel: number;

        /** Loss nic. */
        nic: number;

        /** Loss shed. */
        shed: number;

        /** Loss unrecorded. */
        unrecorded: number;

        /** Loss freezes. */
        freezes: number;

        /** Loss blindMillis. */
        blindMillis: number;

        /**
         * Encodes the specified Loss message. Does not implicitly {@link picket.Loss.verify|verify} messages.
         * @param message Loss message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Loss.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Loss message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Loss & picket.Loss.$Shape} Loss
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Loss & picket.Loss.$Shape;
    }

    namespace Loss {

        /** Properties of a Loss. */
        interface $Properties {

            /** Loss kernel */
            kernel?: (number|null);

            /** Loss nic */
            nic?: (number|null);

            /** Loss shed */
            shed?: (number|null);

            /** Loss unrecorded */
            unrecorded?: (number|null);

            /** Loss freezes */
            freezes?: (number|null);

            /** Loss blindMillis */
            blindMillis?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Loss. */
        type $Shape = picket.Loss.$Properties;
    }

    /**
     * Properties of a Section.
     * @deprecated Use picket.Section.$Properties instead.
     */
    interface ISection extends picket.Section.$Properties {
    }

    /** Represents a Section. */
    class Section {

        /**
         * Constructs a new Section.
         * @param [properties] Properties to set
         */
        constructor(properties?: picket.Section.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Section kind. */
        kind: number;

        /** Section version. */
        version: number;

        /** Section parameters. */
        parameters: Uint8Array;

        /** Section seedHash. */
        seedHash: Uint8Array;

        /** Section body. */
        body: Uint8Array;

        /**
         * Encodes the specified Section message. Does not implicitly {@link picket.Section.verify|verify} messages.
         * @param message Section message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: picket.Section.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Section message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {picket.Section & picket.Section.$Shape} Section
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): picket.Section & picket.Section.$Shape;
    }

    namespace Section {

        /** Properties of a Section. */
        interface $Properties {

            /** Section kind */
            kind?: (number|null);

            /** Section version */
            version?: (number|null);

            /** Section parameters */
            parameters?: (Uint8Array|null);

            /** Section seedHash */
            seedHash?: (Uint8Array|null);

            /** Section body */
            body?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Section. */
        type $Shape = picket.Section.$Properties;
    }
}
