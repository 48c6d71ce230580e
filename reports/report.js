{# The report's only script, in parts that follow one another. #}
(() => {
"use strict";
{% include "script/text.js" %}
{% include "script/packed.js" %}
{% include "script/exchange.js" %}
{% include "script/list.js" %}
{% include "script/requirements.js" %}
{% include "script/address.js" %}
{% include "script/keys.js" %}
{% include "script/start.js" %}
})();
