/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const picket = $root.picket = (() => {

    /**
     * Namespace picket.
     * @exports picket
     * @namespace
     */
    const picket = {};

    picket.Envelope = (function() {

        /**
         * Properties of an Envelope.
         * @typedef {Object} picket.Envelope.$Properties
         * @property {picket.Hello.$Properties|null} [hello] Envelope hello
         * @property {picket.Welcome.$Properties|null} [welcome] Envelope welcome
         * @property {picket.Durable.$Properties|null} [durable] Envelope durable
         * @property {picket.Ack.$Properties|null} [ack] Envelope ack
         * @property {picket.Request.$Properties|null} [request] Envelope request
         * @property {picket.Response.$Properties|null} [response] Envelope response
         * @property {picket.Credit.$Properties|null} [credit] Envelope credit
         * @property {picket.ClockQuestion.$Properties|null} [clockQuestion] Envelope clockQuestion
         * @property {picket.ClockAnswer.$Properties|null} [clockAnswer] Envelope clockAnswer
         * @property {"hello"|"welcome"|"durable"|"ack"|"request"|"response"|"credit"|"clockQuestion"|"clockAnswer"} [body] Envelope body
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Envelope.
         * @memberof picket
         * @interface IEnvelope
         * @augments picket.Envelope.$Properties
         * @deprecated Use picket.Envelope.$Properties instead.
         */

        /**
         * Narrowed shape of an Envelope.
         * @typedef {{
         *   hello?: picket.Hello.$Shape|null;
         *   welcome?: picket.Welcome.$Shape|null;
         *   durable?: picket.Durable.$Shape|null;
         *   ack?: picket.Ack.$Shape|null;
         *   request?: picket.Request.$Shape|null;
         *   response?: picket.Response.$Shape|null;
         *   credit?: picket.Credit.$Shape|null;
         *   clockQuestion?: picket.ClockQuestion.$Shape|null;
         *   clockAnswer?: picket.ClockAnswer.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ body?: undefined; hello?: null; welcome?: null; durable?: null; ack?: null; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "hello"; hello: picket.Hello.$Shape; welcome?: null; durable?: null; ack?: null; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "welcome"; hello?: null; welcome: picket.Welcome.$Shape; durable?: null; ack?: null; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "durable"; hello?: null; welcome?: null; durable: picket.Durable.$Shape; ack?: null; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "ack"; hello?: null; welcome?: null; durable?: null; ack: picket.Ack.$Shape; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "request"; hello?: null; welcome?: null; durable?: null; ack?: null; request: picket.Request.$Shape; response?: null; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "response"; hello?: null; welcome?: null; durable?: null; ack?: null; request?: null; response: picket.Response.$Shape; credit?: null; clockQuestion?: null; clockAnswer?: null }|{ body?: "credit"; hello?: null; welcome?: null; durable?: null; ack?: null; request?: null; response?: null; credit: picket.Credit.$Shape; clockQuestion?: null; clockAnswer?: null }|{ body?: "clockQuestion"; hello?: null; welcome?: null; durable?: null; ack?: null; request?: null; response?: null; credit?: null; clockQuestion: picket.ClockQuestion.$Shape; clockAnswer?: null }|{ body?: "clockAnswer"; hello?: null; welcome?: null; durable?: null; ack?: null; request?: null; response?: null; credit?: null; clockQuestion?: null; clockAnswer: picket.ClockAnswer.$Shape })
         * )} picket.Envelope.$Shape
         */

        /**
         * Constructs a new Envelope.
         * @memberof picket
         * @classdesc Represents an Envelope.
         * @constructor
         * @param {picket.Envelope.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Envelope = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Envelope hello.
         * @member {picket.Hello.$Properties|null|undefined} hello
         * @memberof picket.Envelope
         * @instance
         */
        Envelope.prototype.hello = null;

        /**
         * Envelope welcome.
         * @member {picket.Welcome.$Properties|null|undefined} welcome
         * @memberof picket.Envelope
         * @instance
         */
        Envelope.prototype.welcome = null;

        /**
         * Envelope durable.
         * @member {picket.Durable.$Properties|null|undefined} durable
         * @memberof picket.Envelope
         * @instance
         */
        Envelope.prototype.durable = null;

        /**
         * Envelope ack.
         * @member {picket.Ack.$Properties|null|undefined} ack
         * @memberof picket.Envelope
         * @instance
         */
        Envelope.prototype.ack = null;

        /**
         * Envelope request.
         * @member {picket.Request.$Properties|null|undefined} request
         * @memberof picket.Envelope
         * @instance
         */
        Envelope.prototype.request = null;

        /**
         * Envelope response.
         * @member {picket.Response.$Properties|null|undefined} response
         * @memberof picket.Envelope
         * @instance
         */
        Envelope.prototype.response = null;

        /**
         * Envelope credit.
         * @member {picket.Credit.$Properties|null|undefined} credit
         * @memberof picket.Envelope
         * @instance
         */
        Envelope.prototype.credit = null;

        /**
         * Envelope clockQuestion.
         * @member {picket.ClockQuestion.$Properties|null|undefined} clockQuestion
         * @memberof picket.Envelope
         * @instance
         */
        Envelope.prototype.clockQuestion = null;

        /**
         * Envelope clockAnswer.
         * @member {picket.ClockAnswer.$Properties|null|undefined} clockAnswer
         * @memberof picket.Envelope
         * @instance
         */
        Envelope.prototype.clockAnswer = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        /**
         * Envelope body.
         * @member {"hello"|"welcome"|"durable"|"ack"|"request"|"response"|"credit"|"clockQuestion"|"clockAnswer"|undefined} body
         * @memberof picket.Envelope
         * @instance
         */
        $Object.defineProperty(Envelope.prototype, "body", {
            get: $util.oneOfGetter($oneOfFields = ["hello", "welcome", "durable", "ack", "request", "response", "credit", "clockQuestion", "clockAnswer"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Encodes the specified Envelope message. Does not implicitly {@link picket.Envelope.verify|verify} messages.
         * @function encode
         * @memberof picket.Envelope
         * @static
         * @param {picket.Envelope.$Properties} message Envelope message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Envelope.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.hello != null && $Object.hasOwnProperty.call(message, "hello"))
                $root.picket.Hello.encode(message.hello, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.welcome != null && $Object.hasOwnProperty.call(message, "welcome"))
                $root.picket.Welcome.encode(message.welcome, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.durable != null && $Object.hasOwnProperty.call(message, "durable"))
                $root.picket.Durable.encode(message.durable, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.ack != null && $Object.hasOwnProperty.call(message, "ack"))
                $root.picket.Ack.encode(message.ack, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.request != null && $Object.hasOwnProperty.call(message, "request"))
                $root.picket.Request.encode(message.request, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.response != null && $Object.hasOwnProperty.call(message, "response"))
                $root.picket.Response.encode(message.response, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.credit != null && $Object.hasOwnProperty.call(message, "credit"))
                $root.picket.Credit.encode(message.credit, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
            if (message.clockQuestion != null && $Object.hasOwnProperty.call(message, "clockQuestion"))
                $root.picket.ClockQuestion.encode(message.clockQuestion, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
            if (message.clockAnswer != null && $Object.hasOwnProperty.call(message, "clockAnswer"))
                $root.picket.ClockAnswer.encode(message.clockAnswer, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Envelope message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Envelope
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Envelope & picket.Envelope.$Shape} Envelope
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Envelope.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Envelope();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.hello = $root.picket.Hello.decode(reader, reader.size(), $undefined, _depth + 1, message.hello);
                        message.body = "hello";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.welcome = $root.picket.Welcome.decode(reader, reader.size(), $undefined, _depth + 1, message.welcome);
                        message.body = "welcome";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.durable = $root.picket.Durable.decode(reader, reader.size(), $undefined, _depth + 1, message.durable);
                        message.body = "durable";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.ack = $root.picket.Ack.decode(reader, reader.size(), $undefined, _depth + 1, message.ack);
                        message.body = "ack";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.request = $root.picket.Request.decode(reader, reader.size(), $undefined, _depth + 1, message.request);
                        message.body = "request";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.response = $root.picket.Response.decode(reader, reader.size(), $undefined, _depth + 1, message.response);
                        message.body = "response";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.credit = $root.picket.Credit.decode(reader, reader.size(), $undefined, _depth + 1, message.credit);
                        message.body = "credit";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.clockQuestion = $root.picket.ClockQuestion.decode(reader, reader.size(), $undefined, _depth + 1, message.clockQuestion);
                        message.body = "clockQuestion";
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.clockAnswer = $root.picket.ClockAnswer.decode(reader, reader.size(), $undefined, _depth + 1, message.clockAnswer);
                        message.body = "clockAnswer";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Envelope;
    })();

    picket.Hello = (function() {

        /**
         * Properties of a Hello.
         * @typedef {Object} picket.Hello.$Properties
         * @property {number|null} [versionMin] Hello versionMin
         * @property {number|null} [versionMax] Hello versionMax
         * @property {string|null} [site] Hello site
         * @property {string|null} [name] Hello name
         * @property {string|null} [software] Hello software
         * @property {Uint8Array|null} [stream] Hello stream
         * @property {boolean|null} [replay] Hello replay
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Hello.
         * @memberof picket
         * @interface IHello
         * @augments picket.Hello.$Properties
         * @deprecated Use picket.Hello.$Properties instead.
         */

        /**
         * Shape of a Hello.
         * @typedef {picket.Hello.$Properties} picket.Hello.$Shape
         */

        /**
         * Constructs a new Hello.
         * @memberof picket
         * @classdesc Represents a Hello.
         * @constructor
         * @param {picket.Hello.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Hello = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Hello versionMin.
         * @member {number} versionMin
         * @memberof picket.Hello
         * @instance
         */
        Hello.prototype.versionMin = 0;

        /**
         * Hello versionMax.
         * @member {number} versionMax
         * @memberof picket.Hello
         * @instance
         */
        Hello.prototype.versionMax = 0;

        /**
         * Hello site.
         * @member {string} site
         * @memberof picket.Hello
         * @instance
         */
        Hello.prototype.site = "";

        /**
         * Hello name.
         * @member {string} name
         * @memberof picket.Hello
         * @instance
         */
        Hello.prototype.name = "";

        /**
         * Hello software.
         * @member {string} software
         * @memberof picket.Hello
         * @instance
         */
        Hello.prototype.software = "";

        /**
         * Hello stream.
         * @member {Uint8Array} stream
         * @memberof picket.Hello
         * @instance
         */
        Hello.prototype.stream = $util.newBuffer([]);

        /**
         * Hello replay.
         * @member {boolean} replay
         * @memberof picket.Hello
         * @instance
         */
        Hello.prototype.replay = false;

        /**
         * Encodes the specified Hello message. Does not implicitly {@link picket.Hello.verify|verify} messages.
         * @function encode
         * @memberof picket.Hello
         * @static
         * @param {picket.Hello.$Properties} message Hello message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Hello.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.versionMin != null && $Object.hasOwnProperty.call(message, "versionMin") && message.versionMin !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.versionMin);
            if (message.versionMax != null && $Object.hasOwnProperty.call(message, "versionMax") && message.versionMax !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.versionMax);
            if (message.site != null && $Object.hasOwnProperty.call(message, "site") && message.site !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.site);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.name);
            if (message.software != null && $Object.hasOwnProperty.call(message, "software") && message.software !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.software);
            if (message.stream != null && $Object.hasOwnProperty.call(message, "stream") && message.stream.length)
                writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.stream);
            if (message.replay != null && $Object.hasOwnProperty.call(message, "replay") && message.replay !== false)
                writer.uint32(/* id 7, wireType 0 =*/56).bool(message.replay);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Hello message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Hello
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Hello & picket.Hello.$Shape} Hello
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Hello.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Hello();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.versionMin = value;
                        else
                            delete message.versionMin;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.versionMax = value;
                        else
                            delete message.versionMax;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.site = value;
                        else
                            delete message.site;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.software = value;
                        else
                            delete message.software;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.stream = value;
                        else
                            delete message.stream;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.replay = value;
                        else
                            delete message.replay;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Hello;
    })();

    picket.Welcome = (function() {

        /**
         * Properties of a Welcome.
         * @typedef {Object} picket.Welcome.$Properties
         * @property {number|null} [version] Welcome version
         * @property {Uint8Array|null} [seed] Welcome seed
         * @property {Array.<picket.Interval.$Properties>|null} [received] Welcome received
         * @property {picket.Credit.$Properties|null} [credit] Welcome credit
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Welcome.
         * @memberof picket
         * @interface IWelcome
         * @augments picket.Welcome.$Properties
         * @deprecated Use picket.Welcome.$Properties instead.
         */

        /**
         * Shape of a Welcome.
         * @typedef {picket.Welcome.$Properties} picket.Welcome.$Shape
         */

        /**
         * Constructs a new Welcome.
         * @memberof picket
         * @classdesc Represents a Welcome.
         * @constructor
         * @param {picket.Welcome.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Welcome = function (properties) {
            this.received = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Welcome version.
         * @member {number} version
         * @memberof picket.Welcome
         * @instance
         */
        Welcome.prototype.version = 0;

        /**
         * Welcome seed.
         * @member {Uint8Array} seed
         * @memberof picket.Welcome
         * @instance
         */
        Welcome.prototype.seed = $util.newBuffer([]);

        /**
         * Welcome received.
         * @member {Array.<picket.Interval.$Properties>} received
         * @memberof picket.Welcome
         * @instance
         */
        Welcome.prototype.received = $util.emptyArray;

        /**
         * Welcome credit.
         * @member {picket.Credit.$Properties|null|undefined} credit
         * @memberof picket.Welcome
         * @instance
         */
        Welcome.prototype.credit = null;

        /**
         * Encodes the specified Welcome message. Does not implicitly {@link picket.Welcome.verify|verify} messages.
         * @function encode
         * @memberof picket.Welcome
         * @static
         * @param {picket.Welcome.$Properties} message Welcome message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Welcome.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.version);
            if (message.seed != null && $Object.hasOwnProperty.call(message, "seed") && message.seed.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.seed);
            if (message.received != null && message.received.length)
                for (let i = 0; i < message.received.length; ++i)
                    $root.picket.Interval.encode(message.received[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.credit != null && $Object.hasOwnProperty.call(message, "credit"))
                $root.picket.Credit.encode(message.credit, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Welcome message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Welcome
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Welcome & picket.Welcome.$Shape} Welcome
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Welcome.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Welcome();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.seed = value;
                        else
                            delete message.seed;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.received && message.received.length))
                            message.received = [];
                        message.received.push($root.picket.Interval.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.credit = $root.picket.Credit.decode(reader, reader.size(), $undefined, _depth + 1, message.credit);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Welcome;
    })();

    picket.Credit = (function() {

        /**
         * Properties of a Credit.
         * @typedef {Object} picket.Credit.$Properties
         * @property {number|null} [messages] Credit messages
         * @property {number|null} [bytes] Credit bytes
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Credit.
         * @memberof picket
         * @interface ICredit
         * @augments picket.Credit.$Properties
         * @deprecated Use picket.Credit.$Properties instead.
         */

        /**
         * Shape of a Credit.
         * @typedef {picket.Credit.$Properties} picket.Credit.$Shape
         */

        /**
         * Constructs a new Credit.
         * @memberof picket
         * @classdesc Represents a Credit.
         * @constructor
         * @param {picket.Credit.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Credit = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Credit messages.
         * @member {number} messages
         * @memberof picket.Credit
         * @instance
         */
        Credit.prototype.messages = 0;

        /**
         * Credit bytes.
         * @member {number} bytes
         * @memberof picket.Credit
         * @instance
         */
        Credit.prototype.bytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Encodes the specified Credit message. Does not implicitly {@link picket.Credit.verify|verify} messages.
         * @function encode
         * @memberof picket.Credit
         * @static
         * @param {picket.Credit.$Properties} message Credit message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Credit.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.messages != null && $Object.hasOwnProperty.call(message, "messages") && message.messages !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.messages);
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && (typeof message.bytes === "object" ? message.bytes.low || message.bytes.high : message.bytes !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.bytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Credit message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Credit
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Credit & picket.Credit.$Shape} Credit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Credit.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Credit();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.messages = value;
                        else
                            delete message.messages;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Credit;
    })();

    picket.Interval = (function() {

        /**
         * Properties of an Interval.
         * @typedef {Object} picket.Interval.$Properties
         * @property {number|null} [first] Interval first
         * @property {number|null} [last] Interval last
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Interval.
         * @memberof picket
         * @interface IInterval
         * @augments picket.Interval.$Properties
         * @deprecated Use picket.Interval.$Properties instead.
         */

        /**
         * Shape of an Interval.
         * @typedef {picket.Interval.$Properties} picket.Interval.$Shape
         */

        /**
         * Constructs a new Interval.
         * @memberof picket
         * @classdesc Represents an Interval.
         * @constructor
         * @param {picket.Interval.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Interval = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Interval first.
         * @member {number} first
         * @memberof picket.Interval
         * @instance
         */
        Interval.prototype.first = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Interval last.
         * @member {number} last
         * @memberof picket.Interval
         * @instance
         */
        Interval.prototype.last = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Encodes the specified Interval message. Does not implicitly {@link picket.Interval.verify|verify} messages.
         * @function encode
         * @memberof picket.Interval
         * @static
         * @param {picket.Interval.$Properties} message Interval message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Interval.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.first != null && $Object.hasOwnProperty.call(message, "first") && (typeof message.first === "object" ? message.first.low || message.first.high : message.first !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.first);
            if (message.last != null && $Object.hasOwnProperty.call(message, "last") && (typeof message.last === "object" ? message.last.low || message.last.high : message.last !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.last);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Interval message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Interval
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Interval & picket.Interval.$Shape} Interval
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Interval.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Interval();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.first = value;
                        else
                            delete message.first;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.last = value;
                        else
                            delete message.last;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Interval;
    })();

    picket.Durable = (function() {

        /**
         * Properties of a Durable.
         * @typedef {Object} picket.Durable.$Properties
         * @property {Uint8Array|null} [stream] Durable stream
         * @property {number|null} [seq] Durable seq
         * @property {number|null} [kind] Durable kind
         * @property {Uint8Array|null} [bytes] Durable bytes
         * @property {number|null} [inflated] Durable inflated
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Durable.
         * @memberof picket
         * @interface IDurable
         * @augments picket.Durable.$Properties
         * @deprecated Use picket.Durable.$Properties instead.
         */

        /**
         * Shape of a Durable.
         * @typedef {picket.Durable.$Properties} picket.Durable.$Shape
         */

        /**
         * Constructs a new Durable.
         * @memberof picket
         * @classdesc Represents a Durable.
         * @constructor
         * @param {picket.Durable.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Durable = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Durable stream.
         * @member {Uint8Array} stream
         * @memberof picket.Durable
         * @instance
         */
        Durable.prototype.stream = $util.newBuffer([]);

        /**
         * Durable seq.
         * @member {number} seq
         * @memberof picket.Durable
         * @instance
         */
        Durable.prototype.seq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Durable kind.
         * @member {number} kind
         * @memberof picket.Durable
         * @instance
         */
        Durable.prototype.kind = 0;

        /**
         * Durable bytes.
         * @member {Uint8Array} bytes
         * @memberof picket.Durable
         * @instance
         */
        Durable.prototype.bytes = $util.newBuffer([]);

        /**
         * Durable inflated.
         * @member {number} inflated
         * @memberof picket.Durable
         * @instance
         */
        Durable.prototype.inflated = 0;

        /**
         * Encodes the specified Durable message. Does not implicitly {@link picket.Durable.verify|verify} messages.
         * @function encode
         * @memberof picket.Durable
         * @static
         * @param {picket.Durable.$Properties} message Durable message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Durable.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.stream != null && $Object.hasOwnProperty.call(message, "stream") && message.stream.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.stream);
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && (typeof message.seq === "object" ? message.seq.low || message.seq.high : message.seq !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.seq);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.kind);
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && message.bytes.length)
                writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.bytes);
            if (message.inflated != null && $Object.hasOwnProperty.call(message, "inflated") && message.inflated !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.inflated);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Durable message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Durable
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Durable & picket.Durable.$Shape} Durable
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Durable.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Durable();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.stream = value;
                        else
                            delete message.stream;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.inflated = value;
                        else
                            delete message.inflated;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Durable;
    })();

    picket.Ack = (function() {

        /**
         * Properties of an Ack.
         * @typedef {Object} picket.Ack.$Properties
         * @property {Uint8Array|null} [stream] Ack stream
         * @property {Array.<picket.Interval.$Properties>|null} [received] Ack received
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Ack.
         * @memberof picket
         * @interface IAck
         * @augments picket.Ack.$Properties
         * @deprecated Use picket.Ack.$Properties instead.
         */

        /**
         * Shape of an Ack.
         * @typedef {picket.Ack.$Properties} picket.Ack.$Shape
         */

        /**
         * Constructs a new Ack.
         * @memberof picket
         * @classdesc Represents an Ack.
         * @constructor
         * @param {picket.Ack.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Ack = function (properties) {
            this.received = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Ack stream.
         * @member {Uint8Array} stream
         * @memberof picket.Ack
         * @instance
         */
        Ack.prototype.stream = $util.newBuffer([]);

        /**
         * Ack received.
         * @member {Array.<picket.Interval.$Properties>} received
         * @memberof picket.Ack
         * @instance
         */
        Ack.prototype.received = $util.emptyArray;

        /**
         * Encodes the specified Ack message. Does not implicitly {@link picket.Ack.verify|verify} messages.
         * @function encode
         * @memberof picket.Ack
         * @static
         * @param {picket.Ack.$Properties} message Ack message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Ack.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.stream != null && $Object.hasOwnProperty.call(message, "stream") && message.stream.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.stream);
            if (message.received != null && message.received.length)
                for (let i = 0; i < message.received.length; ++i)
                    $root.picket.Interval.encode(message.received[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Ack message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Ack
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Ack & picket.Ack.$Shape} Ack
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Ack.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Ack();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.stream = value;
                        else
                            delete message.stream;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.received && message.received.length))
                            message.received = [];
                        message.received.push($root.picket.Interval.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Ack;
    })();

    picket.Request = (function() {

        /**
         * Properties of a Request.
         * @typedef {Object} picket.Request.$Properties
         * @property {Uint8Array|null} [id] Request id
         * @property {number|null} [kind] Request kind
         * @property {number|null} [deadline] Request deadline
         * @property {Uint8Array|null} [bytes] Request bytes
         * @property {number|null} [have] Request have
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Request.
         * @memberof picket
         * @interface IRequest
         * @augments picket.Request.$Properties
         * @deprecated Use picket.Request.$Properties instead.
         */

        /**
         * Shape of a Request.
         * @typedef {picket.Request.$Properties} picket.Request.$Shape
         */

        /**
         * Constructs a new Request.
         * @memberof picket
         * @classdesc Represents a Request.
         * @constructor
         * @param {picket.Request.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Request = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Request id.
         * @member {Uint8Array} id
         * @memberof picket.Request
         * @instance
         */
        Request.prototype.id = $util.newBuffer([]);

        /**
         * Request kind.
         * @member {number} kind
         * @memberof picket.Request
         * @instance
         */
        Request.prototype.kind = 0;

        /**
         * Request deadline.
         * @member {number} deadline
         * @memberof picket.Request
         * @instance
         */
        Request.prototype.deadline = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Request bytes.
         * @member {Uint8Array} bytes
         * @memberof picket.Request
         * @instance
         */
        Request.prototype.bytes = $util.newBuffer([]);

        /**
         * Request have.
         * @member {number} have
         * @memberof picket.Request
         * @instance
         */
        Request.prototype.have = 0;

        /**
         * Encodes the specified Request message. Does not implicitly {@link picket.Request.verify|verify} messages.
         * @function encode
         * @memberof picket.Request
         * @static
         * @param {picket.Request.$Properties} message Request message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Request.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.id);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.kind);
            if (message.deadline != null && $Object.hasOwnProperty.call(message, "deadline") && (typeof message.deadline === "object" ? message.deadline.low || message.deadline.high : message.deadline !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.deadline);
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && message.bytes.length)
                writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.bytes);
            if (message.have != null && $Object.hasOwnProperty.call(message, "have") && message.have !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.have);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Request message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Request
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Request & picket.Request.$Shape} Request
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Request.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Request();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.deadline = value;
                        else
                            delete message.deadline;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.have = value;
                        else
                            delete message.have;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Request;
    })();

    picket.Response = (function() {

        /**
         * Properties of a Response.
         * @typedef {Object} picket.Response.$Properties
         * @property {Uint8Array|null} [id] Response id
         * @property {picket.Response.State|null} [state] Response state
         * @property {string|null} [code] Response code
         * @property {Uint8Array|null} [bytes] Response bytes
         * @property {number|null} [index] Response index
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Response.
         * @memberof picket
         * @interface IResponse
         * @augments picket.Response.$Properties
         * @deprecated Use picket.Response.$Properties instead.
         */

        /**
         * Shape of a Response.
         * @typedef {picket.Response.$Properties} picket.Response.$Shape
         */

        /**
         * Constructs a new Response.
         * @memberof picket
         * @classdesc Represents a Response.
         * @constructor
         * @param {picket.Response.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Response = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Response id.
         * @member {Uint8Array} id
         * @memberof picket.Response
         * @instance
         */
        Response.prototype.id = $util.newBuffer([]);

        /**
         * Response state.
         * @member {picket.Response.State} state
         * @memberof picket.Response
         * @instance
         */
        Response.prototype.state = 0;

        /**
         * Response code.
         * @member {string} code
         * @memberof picket.Response
         * @instance
         */
        Response.prototype.code = "";

        /**
         * Response bytes.
         * @member {Uint8Array} bytes
         * @memberof picket.Response
         * @instance
         */
        Response.prototype.bytes = $util.newBuffer([]);

        /**
         * Response index.
         * @member {number} index
         * @memberof picket.Response
         * @instance
         */
        Response.prototype.index = 0;

        /**
         * Encodes the specified Response message. Does not implicitly {@link picket.Response.verify|verify} messages.
         * @function encode
         * @memberof picket.Response
         * @static
         * @param {picket.Response.$Properties} message Response message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Response.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.id);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).int32(message.state);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.code);
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && message.bytes.length)
                writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.bytes);
            if (message.index != null && $Object.hasOwnProperty.call(message, "index") && message.index !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.index);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Response message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Response
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Response & picket.Response.$Shape} Response
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Response.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Response();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.index = value;
                        else
                            delete message.index;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * State enum.
         * @name picket.Response.State
         * @enum {number}
         * @property {number} UNKNOWN=0 UNKNOWN value
         * @property {number} DONE=1 DONE value
         * @property {number} PART=2 PART value
         * @property {number} REFUSED=3 REFUSED value
         * @property {number} FAILED=4 FAILED value
         */
        Response.State = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "UNKNOWN"] = 0;
            values[valuesById[1] = "DONE"] = 1;
            values[valuesById[2] = "PART"] = 2;
            values[valuesById[3] = "REFUSED"] = 3;
            values[valuesById[4] = "FAILED"] = 4;
            return values;
        })();

        return Response;
    })();

    picket.ClockQuestion = (function() {

        /**
         * Properties of a ClockQuestion.
         * @typedef {Object} picket.ClockQuestion.$Properties
         * @property {number|null} [asked] ClockQuestion asked
         * @property {number|null} [offset] ClockQuestion offset
         * @property {number|null} [uncertainty] ClockQuestion uncertainty
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ClockQuestion.
         * @memberof picket
         * @interface IClockQuestion
         * @augments picket.ClockQuestion.$Properties
         * @deprecated Use picket.ClockQuestion.$Properties instead.
         */

        /**
         * Shape of a ClockQuestion.
         * @typedef {picket.ClockQuestion.$Properties} picket.ClockQuestion.$Shape
         */

        /**
         * Constructs a new ClockQuestion.
         * @memberof picket
         * @classdesc Represents a ClockQuestion.
         * @constructor
         * @param {picket.ClockQuestion.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ClockQuestion = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ClockQuestion asked.
         * @member {number} asked
         * @memberof picket.ClockQuestion
         * @instance
         */
        ClockQuestion.prototype.asked = 0;

        /**
         * ClockQuestion offset.
         * @member {number} offset
         * @memberof picket.ClockQuestion
         * @instance
         */
        ClockQuestion.prototype.offset = 0;

        /**
         * ClockQuestion uncertainty.
         * @member {number} uncertainty
         * @memberof picket.ClockQuestion
         * @instance
         */
        ClockQuestion.prototype.uncertainty = 0;

        /**
         * Encodes the specified ClockQuestion message. Does not implicitly {@link picket.ClockQuestion.verify|verify} messages.
         * @function encode
         * @memberof picket.ClockQuestion
         * @static
         * @param {picket.ClockQuestion.$Properties} message ClockQuestion message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ClockQuestion.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.asked != null && $Object.hasOwnProperty.call(message, "asked") && !$Object.is(message.asked, 0))
                writer.uint32(/* id 1, wireType 1 =*/9).double(message.asked);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && !$Object.is(message.offset, 0))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.offset);
            if (message.uncertainty != null && $Object.hasOwnProperty.call(message, "uncertainty") && !$Object.is(message.uncertainty, 0))
                writer.uint32(/* id 3, wireType 1 =*/25).double(message.uncertainty);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ClockQuestion message from the specified reader or buffer.
         * @function decode
         * @memberof picket.ClockQuestion
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.ClockQuestion & picket.ClockQuestion.$Shape} ClockQuestion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ClockQuestion.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.ClockQuestion();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.asked = value;
                        else
                            delete message.asked;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.uncertainty = value;
                        else
                            delete message.uncertainty;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ClockQuestion;
    })();

    picket.ClockAnswer = (function() {

        /**
         * Properties of a ClockAnswer.
         * @typedef {Object} picket.ClockAnswer.$Properties
         * @property {number|null} [asked] ClockAnswer asked
         * @property {number|null} [received] ClockAnswer received
         * @property {number|null} [answered] ClockAnswer answered
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ClockAnswer.
         * @memberof picket
         * @interface IClockAnswer
         * @augments picket.ClockAnswer.$Properties
         * @deprecated Use picket.ClockAnswer.$Properties instead.
         */

        /**
         * Shape of a ClockAnswer.
         * @typedef {picket.ClockAnswer.$Properties} picket.ClockAnswer.$Shape
         */

        /**
         * Constructs a new ClockAnswer.
         * @memberof picket
         * @classdesc Represents a ClockAnswer.
         * @constructor
         * @param {picket.ClockAnswer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ClockAnswer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ClockAnswer asked.
         * @member {number} asked
         * @memberof picket.ClockAnswer
         * @instance
         */
        ClockAnswer.prototype.asked = 0;

        /**
         * ClockAnswer received.
         * @member {number} received
         * @memberof picket.ClockAnswer
         * @instance
         */
        ClockAnswer.prototype.received = 0;

        /**
         * ClockAnswer answered.
         * @member {number} answered
         * @memberof picket.ClockAnswer
         * @instance
         */
        ClockAnswer.prototype.answered = 0;

        /**
         * Encodes the specified ClockAnswer message. Does not implicitly {@link picket.ClockAnswer.verify|verify} messages.
         * @function encode
         * @memberof picket.ClockAnswer
         * @static
         * @param {picket.ClockAnswer.$Properties} message ClockAnswer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ClockAnswer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.asked != null && $Object.hasOwnProperty.call(message, "asked") && !$Object.is(message.asked, 0))
                writer.uint32(/* id 1, wireType 1 =*/9).double(message.asked);
            if (message.received != null && $Object.hasOwnProperty.call(message, "received") && !$Object.is(message.received, 0))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.received);
            if (message.answered != null && $Object.hasOwnProperty.call(message, "answered") && !$Object.is(message.answered, 0))
                writer.uint32(/* id 3, wireType 1 =*/25).double(message.answered);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ClockAnswer message from the specified reader or buffer.
         * @function decode
         * @memberof picket.ClockAnswer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.ClockAnswer & picket.ClockAnswer.$Shape} ClockAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ClockAnswer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.ClockAnswer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.asked = value;
                        else
                            delete message.asked;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.received = value;
                        else
                            delete message.received;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.answered = value;
                        else
                            delete message.answered;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ClockAnswer;
    })();

    picket.Part = (function() {

        /**
         * Properties of a Part.
         * @typedef {Object} picket.Part.$Properties
         * @property {string|null} [tap] Part tap
         * @property {number|null} [start] Part start
         * @property {number|null} [seconds] Part seconds
         * @property {number|null} [coveredFrom] Part coveredFrom
         * @property {number|null} [coveredTo] Part coveredTo
         * @property {number|null} [packets] Part packets
         * @property {number|null} [octets] Part octets
         * @property {picket.Loss.$Properties|null} [loss] Part loss
         * @property {Array.<picket.Section.$Properties>|null} [sections] Part sections
         * @property {number|null} [windowSeconds] Part windowSeconds
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Part.
         * @memberof picket
         * @interface IPart
         * @augments picket.Part.$Properties
         * @deprecated Use picket.Part.$Properties instead.
         */

        /**
         * Shape of a Part.
         * @typedef {picket.Part.$Properties} picket.Part.$Shape
         */

        /**
         * Constructs a new Part.
         * @memberof picket
         * @classdesc Represents a Part.
         * @constructor
         * @param {picket.Part.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Part = function (properties) {
            this.sections = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Part tap.
         * @member {string} tap
         * @memberof picket.Part
         * @instance
         */
        Part.prototype.tap = "";

        /**
         * Part start.
         * @member {number} start
         * @memberof picket.Part
         * @instance
         */
        Part.prototype.start = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        /**
         * Part seconds.
         * @member {number} seconds
         * @memberof picket.Part
         * @instance
         */
        Part.prototype.seconds = 0;

        /**
         * Part coveredFrom.
         * @member {number} coveredFrom
         * @memberof picket.Part
         * @instance
         */
        Part.prototype.coveredFrom = 0;

        /**
         * Part coveredTo.
         * @member {number} coveredTo
         * @memberof picket.Part
         * @instance
         */
        Part.prototype.coveredTo = 0;

        /**
         * Part packets.
         * @member {number} packets
         * @memberof picket.Part
         * @instance
         */
        Part.prototype.packets = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Part octets.
         * @member {number} octets
         * @memberof picket.Part
         * @instance
         */
        Part.prototype.octets = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Part loss.
         * @member {picket.Loss.$Properties|null|undefined} loss
         * @memberof picket.Part
         * @instance
         */
        Part.prototype.loss = null;

        /**
         * Part sections.
         * @member {Array.<picket.Section.$Properties>} sections
         * @memberof picket.Part
         * @instance
         */
        Part.prototype.sections = $util.emptyArray;

        /**
         * Part windowSeconds.
         * @member {number} windowSeconds
         * @memberof picket.Part
         * @instance
         */
        Part.prototype.windowSeconds = 0;

        /**
         * Encodes the specified Part message. Does not implicitly {@link picket.Part.verify|verify} messages.
         * @function encode
         * @memberof picket.Part
         * @static
         * @param {picket.Part.$Properties} message Part message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Part.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.tap != null && $Object.hasOwnProperty.call(message, "tap") && message.tap !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.tap);
            if (message.start != null && $Object.hasOwnProperty.call(message, "start") && (typeof message.start === "object" ? message.start.low || message.start.high : message.start !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).sint64(message.start);
            if (message.seconds != null && $Object.hasOwnProperty.call(message, "seconds") && message.seconds !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.seconds);
            if (message.coveredFrom != null && $Object.hasOwnProperty.call(message, "coveredFrom") && !$Object.is(message.coveredFrom, 0))
                writer.uint32(/* id 4, wireType 1 =*/33).double(message.coveredFrom);
            if (message.coveredTo != null && $Object.hasOwnProperty.call(message, "coveredTo") && !$Object.is(message.coveredTo, 0))
                writer.uint32(/* id 5, wireType 1 =*/41).double(message.coveredTo);
            if (message.packets != null && $Object.hasOwnProperty.call(message, "packets") && (typeof message.packets === "object" ? message.packets.low || message.packets.high : message.packets !== 0))
                writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.packets);
            if (message.octets != null && $Object.hasOwnProperty.call(message, "octets") && (typeof message.octets === "object" ? message.octets.low || message.octets.high : message.octets !== 0))
                writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.octets);
            if (message.loss != null && $Object.hasOwnProperty.call(message, "loss"))
                $root.picket.Loss.encode(message.loss, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
            if (message.sections != null && message.sections.length)
                for (let i = 0; i < message.sections.length; ++i)
                    $root.picket.Section.encode(message.sections[i], writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
            if (message.windowSeconds != null && $Object.hasOwnProperty.call(message, "windowSeconds") && message.windowSeconds !== 0)
                writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.windowSeconds);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Part message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Part
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Part & picket.Part.$Shape} Part
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Part.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Part();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.tap = value;
                        else
                            delete message.tap;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.sint64()) === "object" ? value.low || value.high : value !== 0)
                            message.start = value;
                        else
                            delete message.start;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.seconds = value;
                        else
                            delete message.seconds;
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.coveredFrom = value;
                        else
                            delete message.coveredFrom;
                        continue;
                    }
                case 5: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.coveredTo = value;
                        else
                            delete message.coveredTo;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.packets = value;
                        else
                            delete message.packets;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.octets = value;
                        else
                            delete message.octets;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.loss = $root.picket.Loss.decode(reader, reader.size(), $undefined, _depth + 1, message.loss);
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.sections && message.sections.length))
                            message.sections = [];
                        message.sections.push($root.picket.Section.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.windowSeconds = value;
                        else
                            delete message.windowSeconds;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Part;
    })();

    picket.Loss = (function() {

        /**
         * Properties of a Loss.
         * @typedef {Object} picket.Loss.$Properties
         * @property {number|null} [kernel] Loss kernel
         * @property {number|null} [nic] Loss nic
         * @property {number|null} [shed] Loss shed
         * @property {number|null} [unrecorded] Loss unrecorded
         * @property {number|null} [freezes] Loss freezes
         * @property {number|null} [blindMillis] Loss blindMillis
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Loss.
         * @memberof picket
         * @interface ILoss
         * @augments picket.Loss.$Properties
         * @deprecated Use picket.Loss.$Properties instead.
         */

        /**
         * Shape of a Loss.
         * @typedef {picket.Loss.$Properties} picket.Loss.$Shape
         */

        /**
         * Constructs a new Loss.
         * @memberof picket
         * @classdesc Represents a Loss.
         * @constructor
         * @param {picket.Loss.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Loss = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Loss kernel.
         * @member {number} kernel
         * @memberof picket.Loss
         * @instance
         */
        Loss.prototype.kernel = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Loss nic.
         * @member {number} nic
         * @memberof picket.Loss
         * @instance
         */
        Loss.prototype.nic = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Loss shed.
         * @member {number} shed
         * @memberof picket.Loss
         * @instance
         */
        Loss.prototype.shed = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Loss unrecorded.
         * @member {number} unrecorded
         * @memberof picket.Loss
         * @instance
         */
        Loss.prototype.unrecorded = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Loss freezes.
         * @member {number} freezes
         * @memberof picket.Loss
         * @instance
         */
        Loss.prototype.freezes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Loss blindMillis.
         * @member {number} blindMillis
         * @memberof picket.Loss
         * @instance
         */
        Loss.prototype.blindMillis = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Encodes the specified Loss message. Does not implicitly {@link picket.Loss.verify|verify} messages.
         * @function encode
         * @memberof picket.Loss
         * @static
         * @param {picket.Loss.$Properties} message Loss message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Loss.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.kernel != null && $Object.hasOwnProperty.call(message, "kernel") && (typeof message.kernel === "object" ? message.kernel.low || message.kernel.high : message.kernel !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.kernel);
            if (message.nic != null && $Object.hasOwnProperty.call(message, "nic") && (typeof message.nic === "object" ? message.nic.low || message.nic.high : message.nic !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.nic);
            if (message.shed != null && $Object.hasOwnProperty.call(message, "shed") && (typeof message.shed === "object" ? message.shed.low || message.shed.high : message.shed !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.shed);
            if (message.unrecorded != null && $Object.hasOwnProperty.call(message, "unrecorded") && (typeof message.unrecorded === "object" ? message.unrecorded.low || message.unrecorded.high : message.unrecorded !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.unrecorded);
            if (message.freezes != null && $Object.hasOwnProperty.call(message, "freezes") && (typeof message.freezes === "object" ? message.freezes.low || message.freezes.high : message.freezes !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.freezes);
            if (message.blindMillis != null && $Object.hasOwnProperty.call(message, "blindMillis") && (typeof message.blindMillis === "object" ? message.blindMillis.low || message.blindMillis.high : message.blindMillis !== 0))
                writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.blindMillis);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Loss message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Loss
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Loss & picket.Loss.$Shape} Loss
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Loss.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Loss();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.kernel = value;
                        else
                            delete message.kernel;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.nic = value;
                        else
                            delete message.nic;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.shed = value;
                        else
                            delete message.shed;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.unrecorded = value;
                        else
                            delete message.unrecorded;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.freezes = value;
                        else
                            delete message.freezes;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.blindMillis = value;
                        else
                            delete message.blindMillis;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Loss;
    })();

    picket.Section = (function() {

        /**
         * Properties of a Section.
         * @typedef {Object} picket.Section.$Properties
         * @property {number|null} [kind] Section kind
         * @property {number|null} [version] Section version
         * @property {Uint8Array|null} [parameters] Section parameters
         * @property {Uint8Array|null} [seedHash] Section seedHash
         * @property {Uint8Array|null} [body] Section body
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Section.
         * @memberof picket
         * @interface ISection
         * @augments picket.Section.$Properties
         * @deprecated Use picket.Section.$Properties instead.
         */

        /**
         * Shape of a Section.
         * @typedef {picket.Section.$Properties} picket.Section.$Shape
         */

        /**
         * Constructs a new Section.
         * @memberof picket
         * @classdesc Represents a Section.
         * @constructor
         * @param {picket.Section.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Section = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Section kind.
         * @member {number} kind
         * @memberof picket.Section
         * @instance
         */
        Section.prototype.kind = 0;

        /**
         * Section version.
         * @member {number} version
         * @memberof picket.Section
         * @instance
         */
        Section.prototype.version = 0;

        /**
         * Section parameters.
         * @member {Uint8Array} parameters
         * @memberof picket.Section
         * @instance
         */
        Section.prototype.parameters = $util.newBuffer([]);

        /**
         * Section seedHash.
         * @member {Uint8Array} seedHash
         * @memberof picket.Section
         * @instance
         */
        Section.prototype.seedHash = $util.newBuffer([]);

        /**
         * Section body.
         * @member {Uint8Array} body
         * @memberof picket.Section
         * @instance
         */
        Section.prototype.body = $util.newBuffer([]);

        /**
         * Encodes the specified Section message. Does not implicitly {@link picket.Section.verify|verify} messages.
         * @function encode
         * @memberof picket.Section
         * @static
         * @param {picket.Section.$Properties} message Section message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Section.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.kind);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.version);
            if (message.parameters != null && $Object.hasOwnProperty.call(message, "parameters") && message.parameters.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.parameters);
            if (message.seedHash != null && $Object.hasOwnProperty.call(message, "seedHash") && message.seedHash.length)
                writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.seedHash);
            if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body.length)
                writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.body);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Section message from the specified reader or buffer.
         * @function decode
         * @memberof picket.Section
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {picket.Section & picket.Section.$Shape} Section
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Section.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.picket.Section();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.parameters = value;
                        else
                            delete message.parameters;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.seedHash = value;
                        else
                            delete message.seedHash;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.body = value;
                        else
                            delete message.body;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Section;
    })();

    return picket;
})();

export {
  $root as default
};
